using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>
/// TCP ports of mirror channels (BIG-IP: from 1029, one more for each channel of each traffic group). Those of a group lie side by side. A group keeps its
/// ports as long as its channels have room there; else it moves to the lowest place that is free.
/// </summary>
internal static class ChannelPorts
{
    /// <param name="known">The group as it was; null: it is new.</param>
    /// <param name="groups">Every group; <paramref name="known"/> among them is no hindrance.</param>
    /// <returns>The port of the first channel; null: there are not so many free ports side by side.</returns>
    internal static int? First(ChannelDemand demand, int channels, GroupState? known, IEnumerable<GroupState> groups)
    {
        var others = groups.Where(g => g.Name != known?.Name).ToList();
        return known is not null && IsFree(known.Port)
            ? known.Port
            : others.Select(g => g.Port + g.Channels).Append(demand.FirstPort).Order().Where(IsFree).Select(port => (int?)port).FirstOrDefault();

        bool IsFree(int port) =>
            port >= demand.FirstPort && port + channels - 1 <= demand.LastPort && others.TrueForAll(g => port + channels <= g.Port || g.Port + g.Channels <= port);
    }
}
