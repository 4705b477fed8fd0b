using System.Collections.Immutable;
using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Leases;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Floating;
using ActorMirror.DataPlane.Host;
using ActorMirror.Kernel.Nftables;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>This device's kernel, as one traffic group uses it: its gate and its addresses.</summary>
internal sealed class GroupDataPlane(
    string name, int number, Func<ServiceTable> services, DataPlaneHost host, FloatingAddresses addresses, LeaseKeeper lease, ILogger log) : IGroupDataPlane
{
    private ImmutableArray<FloatingAddress> Floating => services().FloatingOf(number);

    public bool TryOpenGate() => lease.TryOpen(number);

    public void CloseGate() => lease.Close(number);

    /// <summary>Self IPs first: members need their gateway before the first client's packet can be answered.</summary>
    public bool RaiseAddresses() => addresses.Raise(Floating);

    public bool LowerAddresses() => addresses.Lower(Floating);

    public void Announce()
    {
        if (lease.Remaining > TimeSpan.Zero) addresses.Announce(Floating);
    }

    public void GateNewConnections(bool closed)
    {
        try
        {
            host.Run(Ruleset.Gate(number, closed));
        }
        catch (NftablesException failure)
        {
            log.LogError(failure, "Traffic group {Group}: new connections could not be {What}", name, closed ? "gated" : "admitted");
        }
    }
}
