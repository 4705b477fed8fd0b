using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;

namespace ActorMirror.Actors.Tables;

/// <summary>A role of the table: owns its channel and its records; leaving it disposes it.</summary>
internal interface ITableState : IAsyncDisposable
{
    void Events(FlowBatch batch);

    /// <summary>The kernel's events were lost: what it holds is unknown.</summary>
    void EventsLost();

    /// <summary>A message that only this role understands; others are late ones of a former role.</summary>
    void Handle(TableMessage message);

    /// <summary>A bounded piece of slow work.</summary>
    void Tick();

    void List(TableMessage.List request);

    /// <returns>Null: it is not in this table.</returns>
    ListedConnection? Find(in FlowKey key);

    void ListRecords(TableMessage.ListRecords request);
}

/// <summary>Neither source nor copy: the kernel may still hold entries, which a later role verifies.</summary>
internal sealed class ColdTable(TableContext context) : ITableState
{
    public void Events(FlowBatch batch)
    {
        // Nobody here answers for these connections.
    }

    public void EventsLost()
    {
        // There is nothing to compare with the kernel.
    }

    public void Handle(TableMessage message)
    {
        switch (message)
        {
            case TableMessage.Flush flush:
                flush.Done(0, false);
                break;
            case TableMessage.Resync resync:
                resync.Done("this device is not active for the traffic group");
                break;
            case TableMessage.DeleteRecords delete:
                delete.Done(null);
                break;
            case TableMessage.Apply apply:
                apply.Receiver.Forget("this device mirrors nobody for this traffic group");
                break;
        }
    }

    public void Tick() => context.View.ShowNothing();

    public void List(TableMessage.List request) => request.Done(new TablePage([], null, 0));

    public ListedConnection? Find(in FlowKey key) => null;

    public void ListRecords(TableMessage.ListRecords request) => request.Done(RecordPage.None);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
