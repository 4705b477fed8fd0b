using System.Net.Sockets;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Monitors;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;
using ActorMirror.Kernel.Sysctls;
using Microsoft.Extensions.Logging;

namespace ActorMirror.DataPlane.Host;

/// <summary>
/// The place the data plane works in: a network namespace with the VLANs' interfaces, this device's own self IPs, and the kernel settings. A clean stop removes our
/// tables and leaves a shared namespace as it was found; a namespace of our own stays, with the interfaces in it, for the next start.
/// </summary>
public sealed class DataPlaneHost : ISocketFactory, IDisposable
{
    private readonly DeviceGroupModel model;
    private readonly HostChanges? changes;
    private readonly SysctlValues sysctls;
    private readonly NftablesContext nft;
    private readonly ILogger log;

    /// <param name="changesFile">Keeps what is changed in a shared namespace.</param>
    /// <exception cref="Kernel.KernelException">The namespace cannot be made or entered.</exception>
    public DataPlaneHost(DeviceGroupModel model, string changesFile, ILogger log)
    {
        (this.model, this.log) = (model, log);
        if (model.DataPlane.Namespace is { } name) NetworkNamespace.OpenOrCreate(name).Dispose();
        Thread = NamespaceThread.Enter(model.DataPlane.Namespace);
        changes = model.DataPlane.Namespace is null ? new HostChanges(changesFile) : null;
        sysctls = new SysctlValues(Thread, changes is null ? null : changes.Overwriting);
        nft = NftablesContext.Open(Thread);
    }

    /// <summary>Opens sockets in the data plane's namespace.</summary>
    public NamespaceThread Thread { get; }

    /// <summary>Brings interfaces, own addresses and settings to what the configuration says; repeatable.</summary>
    /// <exception cref="Kernel.KernelException">An interface is missing or cannot be moved; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The host's namespace does not forward IPv6, and it is not ours to change; the message says what to do.</exception>
    public void Prepare()
    {
        using var links = NetworkLinks.Open(Thread);
        if (model.DataPlane.Namespace is { } name)
        {
            MoveInterfaces(links, name);
            links.SetUp("lo");
        }

        // Loads conntrack, and with it the settings below; forwards nothing yet.
        Run(Ruleset.Empty(model.DataPlane));
        foreach (var (setting, value) in DataPlaneSysctls.For(model)) sysctls.Write(setting, value);
        if (model.DataPlane.Namespace is null) ForwardIpv6();
        foreach (var vlan in model.Vlans.Where(v => v.InDataPlane)) links.SetUp(vlan.Interface);
        using var addresses = InterfaceAddresses.Open(Thread);
        var present = addresses.List();
        foreach (var self in model.SelfIps.Where(s => s.Device == model.Self.Id))
        {
            if (!present.Any(p => p.Address == self.Address.Address.Value && p.PrefixLength == self.Address.Length))
                changes?.Adding(self.Vlan.Interface, self.Address.Address, self.Address.Length);
            addresses.Set(self.Vlan.Interface, self.Address.Address.Value, self.Address.Length);
        }
    }

    /// <summary>Applies nft commands in one transaction.</summary>
    /// <exception cref="NftablesException">Refused; nothing was applied.</exception>
    public void Run(string commands) => nft.Run(commands);

    public Socket Create(AddressFamily family, SocketType type, ProtocolType protocol) => Thread.Run(() => new Socket(family, type, protocol));

    /// <summary>The clean stop.</summary>
    public void Leave()
    {
        Run(Ruleset.Removal);
        if (changes is null) return;
        using var addresses = InterfaceAddresses.Open(Thread);
        foreach (var (device, address, length) in changes.Addresses) addresses.Remove(device, address.Value, length);
        sysctls.Restore(changes.Sysctls);
        changes.Clear();
    }

    public void Dispose()
    {
        nft.Dispose();
        Thread.Dispose();
    }

    private void ForwardIpv6()
    {
        foreach (var vlan in model.Ipv6Vlans)
        {
            if (sysctls.Exists(DataPlaneSysctls.ForcedForwarding(vlan))) sysctls.Write(DataPlaneSysctls.ForcedForwarding(vlan), "1");
            else if (sysctls.Read(DataPlaneSysctls.Ipv6Forwarding) != "1")
            {
                throw new InvalidOperationException(
                    $"the host's network namespace does not forward IPv6, and before Linux 6.17 that cannot be changed for interface '{vlan.Interface}' alone: "
                    + $"set {DataPlaneSysctls.Ipv6Forwarding} = 1 (an interface heeds router advertisements then only with accept_ra = 2), or give data-plane.namespace a name of its own");
            }
        }
    }

    private void MoveInterfaces(NetworkLinks inside, string name)
    {
        using var target = NetworkNamespace.Open(name);
        using var host = NamespaceThread.Enter(null);
        using var outside = NetworkLinks.Open(host);
        foreach (var vlan in model.Vlans.Where(v => v.InDataPlane && !inside.Exists(v.Interface)))
        {
            log.LogInformation("Moving interface {Interface} into the data plane's namespace {Namespace}", vlan.Interface, name);
            outside.MoveTo(vlan.Interface, target);
        }
    }
}
