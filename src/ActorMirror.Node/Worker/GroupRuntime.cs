using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Node.Worker;

/// <summary>
/// One traffic group on this device: its two actors, each of which knows the other. The table speaks only after the group's actor told it its role, so
/// the one that begins first has both.
/// </summary>
internal sealed class GroupRuntime : ITableObserver
{
    public GroupRuntime(
        string name,
        int number,
        GroupDisplay display,
        Func<ITableObserver, TableContext> tableContext,
        Func<ActorCell<TableMessage>, TableContext, ActorCell<GroupMessage>> startControl)
    {
        (Name, Number, Display) = (name, number, display);
        var context = tableContext(this);
        Connections = context.View;
        Table = new ActorCell<TableMessage>($"connection-table/{name}", self => new ConnectionTableActor(self, context), context.Log);
        Control = startControl(Table, context);
    }

    public string Name { get; }

    public int Number { get; }

    public ActorCell<TableMessage> Table { get; }

    public ActorCell<GroupMessage> Control { get; }

    public TableView Connections { get; }

    public GroupDisplay Display { get; }

    public GroupShown Shown => Display.Shown;

    public void CopyChanged(Epoch epoch, DeviceId peer, bool complete, ulong incarnation) =>
        Control.Tell(new GroupMessage.CopyChanged(epoch, peer, complete, incarnation));
}
