using System.Collections.Immutable;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Actors.Tables;

/// <summary>What the tables of a traffic group's channels show, put together; read by anyone.</summary>
/// <param name="channels">In the order of their numbers.</param>
public sealed class GroupConnections(ImmutableArray<TableView> channels)
{
    public ImmutableArray<TableView> Channels => channels;

    /// <summary>The group is in sync when its worst channel is.</summary>
    public TableView Worst => channels.MinBy(c => c.Channel?.State ?? MirrorChannelState.Disconnected)!;

    /// <inheritdoc cref="TableView.Mirrored"/>
    public OpenCounts Mirrored => Sum(static c => c.Mirrored);

    /// <inheritdoc cref="TableView.Unmirrored"/>
    public OpenCounts Unmirrored => Sum(static c => c.Unmirrored);

    /// <inheritdoc cref="TableView.Copies"/>
    public OpenCounts Copies => Sum(static c => c.Copies);

    /// <inheritdoc cref="TableView.Inheritance"/>
    public Inheritance Inheritance => channels.Select(c => c.Inheritance).Aggregate((sum, next) => sum + next);

    /// <inheritdoc cref="TableView.Exposed"/>
    public ExposureCounts Exposed => channels.Aggregate(ExposureCounts.None, (sum, next) => sum + next.Exposed);

    /// <inheritdoc cref="TableView.Of"/>
    public OpenCounts Of(FlowMark mark)
    {
        var sum = default(OpenCounts);
        foreach (var channel in channels) sum += channel.Of(mark);
        return sum;
    }

    private OpenCounts Sum(Func<TableView, OpenCounts> what) => channels.Aggregate(default(OpenCounts), (sum, next) => sum + what(next));
}
