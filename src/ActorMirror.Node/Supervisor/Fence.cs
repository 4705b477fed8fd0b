using System.Collections.Immutable;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Supervisor;

/// <summary>
/// Takes the traffic away from this device when its worker died: gates shut first, then the floating addresses. Everything is opened and
/// has run once before it is needed, because the others wait for it.
/// </summary>
internal sealed class Fence : IDisposable
{
    private static readonly string ShutGates =
        string.Concat(Ruleset.GatedFamilies.Select(family => $"flush set {family} {Ruleset.Table} {Ruleset.LeaseSet}\n"));

    private readonly NamespaceThread thread;
    private readonly NftablesContext nft;
    private readonly InterfaceAddresses addresses;
    private readonly ImmutableArray<(string Interface, Address Address, int Length)> floating;
    private readonly ILogger log;

    public Fence(DeviceGroupModel model, ILogger log)
    {
        this.log = log;
        if (model.DataPlane.Namespace is { } name) NetworkNamespace.OpenOrCreate(name).Dispose();
        thread = NamespaceThread.Enter(model.DataPlane.Namespace);
        nft = NftablesContext.Open(thread);
        addresses = InterfaceAddresses.Open(thread);
        floating =
        [
            .. ServiceTable.FloatingSelfIps(model).Select(f => (f.Self.Vlan.Interface, f.Self.Address.Address, f.PrefixLength)),
            .. model.VirtualAddresses.Select(v => (v.Vlan.Interface, v.Address, v.Address.Bits)),
        ];
    }

    /// <summary>Idempotent; a step that fails is logged and does not keep the others from being taken.</summary>
    public void Close()
    {
        try
        {
            nft.Run(ShutGates);
        }
        catch (NftablesException absent)
        {
            // Before a worker's first load there is no table and nothing to shut.
            log.LogDebug(absent, "No gates to shut");
        }

        foreach (var (device, address, length) in floating)
        {
            try
            {
                addresses.Remove(device, address.Value, length);
            }
            catch (Exception failure)
            {
                log.LogWarning(failure, "Cannot remove {Address} from {Interface}", address, device);
            }
        }
    }

    public void Dispose()
    {
        nft.Dispose();
        addresses.Dispose();
        thread.Dispose();
    }
}
