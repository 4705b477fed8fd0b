using System.Collections.Immutable;
using ActorMirror.Actors.Devices;
using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.Host;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Links;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>Watches the interfaces of the data plane's VLANs: a traffic group moves when a device loses one that another device has.</summary>
internal sealed class LinkTracking : IDisposable
{
    private readonly DeviceGroupModel model;
    private readonly IActorRef<DeviceMessage> device;
    private readonly ILogger log;
    private readonly HashSet<string> down = [];
    private readonly LinkMonitor monitor;

    public LinkTracking(DeviceGroupModel model, DataPlaneHost host, IActorRef<DeviceMessage> device, ILogger log)
    {
        (this.model, this.device, this.log) = (model, device, log);
        monitor = LinkMonitor.Start(host.Thread, Observe, failure => log.LogError(failure, "Link tracking"));
    }

    public void Dispose() => monitor.Dispose();

    /// <summary>On the monitor's thread, which begins with the state of every link.</summary>
    private void Observe(LinkEvent change)
    {
        var (name, works) = change switch
        {
            LinkEvent.LinkChanged changed => (changed.Link.Name, changed.Link is { IsUp: true, HasCarrier: true }),
            LinkEvent.LinkRemoved removed => (removed.Link.Name, false),
            _ => (null, true),
        };
        var vlans = model.Vlans.Where(v => v.InDataPlane && v.Interface == name).Select(v => v.Name).ToList();
        var changes = vlans.Count(vlan => works ? down.Remove(vlan) : down.Add(vlan));
        if (changes == 0) return;
        log.LogWarning("Interface {Interface} is {State}", name, works ? "up" : "down");
        device.Tell(new DeviceMessage.LinksChanged([.. down.Order(StringComparer.Ordinal)]));
    }
}
