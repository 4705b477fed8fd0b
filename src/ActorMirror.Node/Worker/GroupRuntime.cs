using System.Collections.Immutable;
using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Connections;

namespace ActorMirror.Node.Worker;

/// <summary>
/// One traffic group on this device: its actor, and that of each channel's table; each side knows the other. The tables speak only after the group's actor told
/// them their role, so those that begin first have both.
/// </summary>
internal sealed class GroupRuntime : IAsyncDisposable
{
    private readonly ImmutableArray<ActorCell<TableMessage>> cells;

    public GroupRuntime(
        string name,
        int number,
        int channels,
        GroupDisplay display,
        Func<ChannelShare, ITableObserver, TableContext> tableContext,
        Func<IActorRef<TableMessage>, GroupConnections, ActorCell<GroupMessage>> startControl)
    {
        (Name, Number, Display) = (name, number, display);
        var copy = new GroupCopy(channels, changed => Control!.Tell(changed));
        ImmutableArray<TableContext> contexts = [.. ChannelShare.All(channels).Select(share => tableContext(share, copy.Channel(share.Number)))];
        Connections = new GroupConnections([.. contexts.Select(c => c.View)]);
        cells = [.. contexts.Select(context => new ActorCell<TableMessage>(ActorName(context), self => new ConnectionTableActor(self, context), context.Log))];
        Tables = new ChannelTables([.. cells]);
        Control = startControl(Tables, Connections);
    }

    public string Name { get; }

    public int Number { get; }

    public ChannelTables Tables { get; }

    public ActorCell<GroupMessage> Control { get; }

    public GroupConnections Connections { get; }

    public GroupDisplay Display { get; }

    public GroupShown Shown => Display.Shown;

    public IEnumerable<IActorFaults> Actors => [.. cells, Control];

    public async ValueTask DisposeAsync()
    {
        await Control.DisposeAsync();
        foreach (var cell in cells) await cell.DisposeAsync();
    }

    private static string ActorName(TableContext context) =>
        $"connection-table/{context.Group}{(context.Channel.Channels == 1 ? "" : $"/{context.Channel.Number}")}";
}
