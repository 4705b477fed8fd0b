using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>From the device's one listener to the tables of the traffic groups.</summary>
internal sealed class FlowSink(ILogger log) : IFlowSink
{
    private readonly GroupRuntime?[] groups = new GroupRuntime?[FlowMark.MaximumTrafficGroup + 1];

    public void Add(GroupRuntime group) => Volatile.Write(ref groups[group.Number], group);

    public bool Post(int trafficGroup, FlowBatch batch)
    {
        if (Volatile.Read(ref groups[trafficGroup]) is { } group) return group.Table.TellData(new TableMessage.Events(batch));
        batch.Return(); // an entry of a traffic group that is no longer configured
        return true;
    }

    public void Lost(int trafficGroup)
    {
        log.LogWarning("Connection events were lost ({Scope}); the kernel's table is compared", trafficGroup == 0 ? "all traffic groups" : $"traffic group {trafficGroup}");
        foreach (var group in groups)
        {
            // The control lane has room when the data lane has none.
            if (group is not null && (trafficGroup == 0 || group.Number == trafficGroup)) group.Table.Tell(new TableMessage.EventsLost());
        }
    }

    public void Broken(Exception reason) => log.LogCritical(reason, "The listener of connection events stopped");
}
