using ActorMirror.Actors.Devices;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Node.Worker;

/// <summary>A device that was taken out of service gives its traffic groups away; an operator who may switch it off then wants to know when.</summary>
internal sealed class OfflineWait(DeviceGroupModel model, DeviceContext context, Device device)
{
    // An active without a complete copy waits half a minute for one, amctl not quite so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns when the device serves nothing, or is still at it after a while; says which.</summary>
    public async Task<string> WatchAsync(CancellationToken cancellation)
    {
        var begun = context.Time.GetTimestamp();
        while (Left.Count > 0 && context.Time.GetElapsedTime(begun) < Patience) await Task.Delay(Interval, context.Time, cancellation);
        var unserved = context.Replica.State?.Groups.Values.Where(g => g.Active is null).Select(g => g.Name).ToList() ?? [];
        return (Left, unserved) switch
        {
            ([], []) => $"device {device.Name} is offline: it serves and mirrors nothing",
            ([], _) => $"device {device.Name} is offline, and nobody serves {string.Join(", ", unserved)}",
            (var left, _) => $"device {device.Name} is offline and still hands over {string.Join(", ", left)}: see 'amctl traffic-group explain'",
        };
    }

    private List<string> Left =>
        context.Replica.State?.Groups.Values.Where(g => g.Active == device.Id && model.TrafficGroups.Any(m => m.Name == g.Name)).Select(g => g.Name).ToList() ?? [];
}
