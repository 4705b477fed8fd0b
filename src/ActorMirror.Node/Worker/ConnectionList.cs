using System.Collections.Immutable;
using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>
/// A page of connections, put together from pieces that the tables give between two batches; never more than the page is copied. Where the next
/// page begins is a text, <c>GROUP/CURSOR</c>: entries never move, so a later page misses only what came behind its back.
/// </summary>
internal sealed class ConnectionList(DeviceRuntime runtime)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="DeviceCommandException"><see cref="ConnectionQuery.After"/> was not given by an earlier page, or a table does not answer.</exception>
    public async Task<ConnectionPage> ReadAsync(ConnectionQuery query, CancellationToken cancellation)
    {
        var groups = runtime.Runtimes.Values.Where(g => query.TrafficGroup is null || g.Name == query.TrafficGroup).OrderBy(g => g.Name, StringComparer.Ordinal).ToList();
        var (first, cursor) = Begin(query.After, groups);
        var found = ImmutableArray.CreateBuilder<ConnectionReport>();
        var total = 0;
        string? next = null;
        foreach (var (group, index) in groups.Select((g, i) => (g, i)))
        {
            var page = await AskAsync(group, index == first ? cursor : 0, query.Limit - found.Count, query.Mirrored, cancellation);
            total += page.Total;
            if (index < first) continue;
            while (true)
            {
                found.AddRange(page.Connections.Select(Report));
                if (page.Next is not { } more) break;
                if (found.Count >= query.Limit)
                {
                    next ??= $"{group.Name}/{more}";
                    break;
                }

                page = await AskAsync(group, more, query.Limit - found.Count, query.Mirrored, cancellation);
            }
        }

        return new ConnectionPage(total, found.ToImmutable(), next);
    }

    private static (int Group, long Cursor) Begin(string? after, List<GroupRuntime> groups)
    {
        if (after is null) return (0, 0);
        if (after.Split('/') is [var name, var text] && long.TryParse(text, out var cursor) && cursor >= 0 && groups.FindIndex(g => g.Name == name) is >= 0 and var group)
            return (group, cursor);
        throw new DeviceCommandException(CommandFailure.NotFound, $"'{after}' is not where a page of these connections begins");
    }

    private static async Task<TablePage> AskAsync(GroupRuntime group, long cursor, int limit, bool? mirrored, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<TablePage>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!group.Table.Tell(new TableMessage.List(cursor, limit, mirrored, page => answer.TrySetResult(page))))
            throw new DeviceCommandException(CommandFailure.Unavailable, $"the table of {group.Name} is too busy to be listed");
        try
        {
            return await answer.Task.WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException)
        {
            throw new DeviceCommandException(CommandFailure.Unavailable, $"the table of {group.Name} did not answer within {Patience.TotalSeconds} s");
        }
    }

    private ConnectionReport Report(ListedConnection listed)
    {
        var record = listed.Record;
        var listener = runtime.Services?.Find(record.Mark);
        var snat = record.Reply.Destination != record.Original.Source ? record.Reply.Destination.ToString() : null;
        return new ConnectionReport(
            listener?.TrafficGroup ?? "", listener?.Key ?? record.Mark.ToString(), record.Original.Protocol.ToString().ToLowerInvariant(),
            record.Original.Source.ToString(), record.Original.Destination.ToString(), record.Reply.Source.ToString(), snat,
            MirrorReports.Kebab(record.State.ToString()), listed.IsMirrored, listed.IsMirrored ? null : WhyNot(listed));
    }

    private static string WhyNot(in ListedConnection listed) => listed switch
    {
        { Reason: { } reason } => MirrorReports.Kebab(reason.ToString()),
        { Protection: { } protection } => MirrorReports.Kebab(protection.ToString()),
        _ => "mirroring is off",
    };
}
