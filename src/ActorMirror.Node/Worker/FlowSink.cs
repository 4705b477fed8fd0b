using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>From the device's one listener to the tables of the traffic groups' channels.</summary>
internal sealed class FlowSink(ILogger log) : IFlowSink
{
    // A table takes them in half a millisecond. The listener must not do more than that itself: the kernel's queue would overflow.
    private const int MostHere = 128;

    private readonly GroupRuntime?[] groups = new GroupRuntime?[FlowMark.MaximumTrafficGroup + 1];

    public void Add(GroupRuntime group) => Volatile.Write(ref groups[group.Number], group);

    public bool Post(int trafficGroup, int channel, FlowBatch batch)
    {
        if (Volatile.Read(ref groups[trafficGroup])?.Tables[channel] is { } table)
        {
            var message = new TableMessage.Events(batch);
            return batch.Events.Count > MostHere ? table.TellData(message) : table.TellDataHere(message);
        }

        batch.Return(); // an entry of a traffic group that is no longer configured
        return true;
    }

    /// <summary>The control lane has room when the data lane has none.</summary>
    public void Lost(int trafficGroup, int channel)
    {
        log.LogWarning(
            "Connection events were lost ({Scope}); the kernel's table is compared",
            trafficGroup == 0 ? "all traffic groups" : $"traffic group {trafficGroup}, channel {channel}");
        if (trafficGroup > 0) groups[trafficGroup]?.Tables[channel].Tell(new TableMessage.EventsLost());
        else
        {
            foreach (var group in groups) group?.Tables.Tell(new TableMessage.EventsLost());
        }
    }

    public void Broken(Exception reason) => log.LogCritical(reason, "The listener of connection events stopped");
}
