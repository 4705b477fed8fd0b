using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;

namespace ActorMirror.Actors.Tables;

/// <summary>
/// The data side of one traffic group on this device, or of one of its channels: the only owner of its connection table. Its role is an object; a
/// promotion posts the new one and does not wait. A successor of a failed actor begins with what the kernel holds.
/// </summary>
public sealed class ConnectionTableActor(IActorRef<TableMessage> self, TableContext context) : Actor<TableMessage>
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private KernelFlows? flows;
    private PersistenceMaps? maps;
    private ITableState state = new ColdTable(context);
    private ITimer? ticker;

    public override async ValueTask StartAsync(bool restart)
    {
        flows = context.OpenFlows();
        maps = context.OpenMaps();
        ticker = context.Time.CreateTimer(_ => self.TellData(new TableMessage.Tick()), null, TickInterval, TickInterval);
        await EnterAsync(context.Wanted);
    }

    public override async ValueTask HandleAsync(TableMessage message)
    {
        switch (message)
        {
            case TableMessage.Role role:
                context.Wanted = role.Wanted;
                await EnterAsync(role.Wanted);
                break;
            case TableMessage.Events events:
                state.Events(events.Batch);
                break;
            case TableMessage.EventsLost:
                state.EventsLost();
                break;
            case TableMessage.Tick:
                state.Tick();
                break;
            case TableMessage.List list:
                state.List(list);
                break;
            case TableMessage.Find find:
                find.Done(state.Find(find.Key));
                break;
            case TableMessage.ListRecords list:
                state.ListRecords(list);
                break;
            default:
                state.Handle(message);
                break;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (ticker is not null) await ticker.DisposeAsync();
        await state.DisposeAsync();
        maps?.Dispose();
        if (flows is not null) context.CloseFlows(flows);
        await base.DisposeAsync();
    }

    private async ValueTask EnterAsync(TableRole wanted)
    {
        switch (wanted, state)
        {
            case (TableRole.Active role, ActiveTable table):
                table.Assign(role.Epoch, role.Peer);
                return;
            case (TableRole.Mirror role, CopyTable copy) when copy.Role == role:
                return;
            case (TableRole.Cold { Forget: false }, ColdTable):
                return;
        }

        var former = state;
        await former.DisposeAsync();
        switch (wanted)
        {
            case TableRole.Active role:
                var active = new ActiveTable(self, context, flows!, maps, role.Epoch, (former as CopyTable)?.Table);
                active.Assign(role.Epoch, role.Peer);
                state = active;
                break;
            case TableRole.Mirror role:
                state = new CopyTable(self, context, flows!, maps, role, former switch
                {
                    ActiveTable table => table.ToCopy(),
                    CopyTable copy => copy.Table,
                    _ => CopyTable.FromKernel(context, flows!, maps),
                });
                break;
            case TableRole.Cold role:
                state = new ColdTable(context);
                if (role.Forget) Forget();
                break;
        }

        state.Tick();
    }

    /// <summary>Another device carries connections and clients on.</summary>
    private void Forget()
    {
        flows!.Forget();
        maps?.Forget(context.Services().Scopes.Where(s => s.TrafficGroup == context.Number));
    }
}
