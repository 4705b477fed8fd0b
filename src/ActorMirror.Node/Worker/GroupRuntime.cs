using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Leases;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Floating;
using ActorMirror.DataPlane.Host;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Kernel.Nftables;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>One traffic group on this device: its two actors, its addresses, and what it shows.</summary>
internal sealed class GroupRuntime(string name, int number, Func<ServiceTable> services, DataPlaneHost host, FloatingAddresses addresses, LeaseKeeper lease, ILogger log)
    : IGroupDataPlane, ITableObserver, IGroupObserver
{
    public string Name => name;

    public int Number => number;

    public required TableContext TableContext { get; set; }

    public ActorCell<TableMessage> Table { get; set; } = null!;

    public ActorCell<GroupMessage> Control { get; set; } = null!;

    public GroupShown Shown { get; private set; } = GroupShown.Initial(TimeProvider.System);

    public Action<string, LocalRole?, GroupControl>? RoleObserved { get; set; }

    private IEnumerable<FloatingAddress> Floating => services().Floating.Where(f => f.GroupNumber == number);

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

    public void CopyChanged(Epoch epoch, DeviceId peer, bool complete, ulong incarnation) =>
        Control.Tell(new GroupMessage.CopyChanged(epoch, peer, complete, incarnation));

    public void RoleChanged(string trafficGroup, GroupControl control, LocalRole? role)
    {
        if (Shown.Control.Phase != control.Phase || Shown.Role?.GetType() != role?.GetType())
            Shown = Shown with { Transitions = Shown.Transitions + 1, SinceWall = TimeProvider.System.GetUtcNow(), SinceNs = TimeProvider.System.GetTimestamp() };
        Shown = Shown with { Control = control, Role = role };
        RoleObserved?.Invoke(name, role, control);
    }

    public void Promoted(string trafficGroup, GroupPromotion promotion)
    {
        var counts = TableContext.View.Counts;
        Shown = Shown with { Promotion = promotion };
        log.LogInformation(
            "Traffic group {Group} is active here (epoch {Epoch}, {Reason}): waited {Waited:F1} ms, took {Took:F1} ms, {Owned} connections",
            name, promotion.Epoch, promotion.Reason, promotion.Waited.TotalMilliseconds, promotion.Took.TotalMilliseconds, counts.Copies + counts.Mirrored.Owned);
    }
}

/// <summary>A traffic group as it is shown: replaced whole, so that any thread reads one moment.</summary>
internal sealed record GroupShown(GroupControl Control, LocalRole? Role, GroupPromotion? Promotion, int Transitions, long SinceNs, DateTimeOffset SinceWall)
{
    public static GroupShown Initial(TimeProvider time) => new(GroupControl.Initial, null, null, 0, time.GetTimestamp(), time.GetUtcNow());
}
