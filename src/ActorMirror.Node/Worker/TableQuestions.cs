using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Persistence;
using ActorMirror.Management;

namespace ActorMirror.Node.Worker;

/// <summary>What operators ask of a table; it answers between two batches.</summary>
internal static class TableQuestions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="DeviceCommandException">The table does not answer.</exception>
    public static Task<TablePage> PageAsync(GroupRuntime group, long cursor, int limit, bool? mirrored, CancellationToken cancellation) =>
        AskAsync<TablePage>(group, done => new TableMessage.List(cursor, limit, mirrored, done), cancellation);

    /// <exception cref="DeviceCommandException">The table does not answer.</exception>
    public static Task<ListedConnection?> FindAsync(GroupRuntime group, FlowKey key, CancellationToken cancellation) =>
        AskAsync<ListedConnection?>(group, done => new TableMessage.Find(key, done), cancellation);

    /// <exception cref="DeviceCommandException">The table does not answer.</exception>
    public static Task<RecordPage> RecordsAsync(GroupRuntime group, Func<PersistenceRecord, bool> isAsked, int cursor, int limit, CancellationToken cancellation) =>
        AskAsync<RecordPage>(group, done => new TableMessage.ListRecords(isAsked, cursor, limit, done), cancellation);

    /// <returns>How many there were; null: this device is not active for the group.</returns>
    /// <exception cref="DeviceCommandException">The table does not answer.</exception>
    public static Task<int?> DeleteRecordsAsync(GroupRuntime group, Func<PersistenceRecord, bool> isAsked, CancellationToken cancellation) =>
        AskAsync<int?>(group, done => new TableMessage.DeleteRecords(isAsked, done), cancellation);

    private static async Task<T> AskAsync<T>(GroupRuntime group, Func<Action<T>, TableMessage> question, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!group.Tables.Tell(question(found => answer.TrySetResult(found))))
            throw new DeviceCommandException(CommandFailure.Unavailable, $"the table of {group.Name} is too busy to be asked");
        try
        {
            return await answer.Task.WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException)
        {
            throw new DeviceCommandException(CommandFailure.Unavailable, $"the table of {group.Name} did not answer within {Patience.TotalSeconds} s");
        }
    }
}
