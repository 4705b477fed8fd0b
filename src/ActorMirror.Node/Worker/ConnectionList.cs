using System.Collections.Immutable;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>
/// A page of connections, put together from pieces that the tables give between two batches; never more than the page is copied. Where the next
/// page begins is a text, <c>GROUP/CURSOR</c>: entries never move, so a later page misses only what came behind its back.
/// </summary>
internal sealed class ConnectionList(DeviceRuntime runtime)
{
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
            var page = await TableQuestions.PageAsync(group, index == first ? cursor : 0, query.Limit - found.Count, query.Mirrored, cancellation);
            total += page.Total;
            if (index < first) continue;
            while (true)
            {
                found.AddRange(page.Connections.Select(listed => ConnectionReports.Of(listed, runtime.Services)));
                if (page.Next is not { } more) break;
                if (found.Count >= query.Limit)
                {
                    next ??= $"{group.Name}/{more}";
                    break;
                }

                page = await TableQuestions.PageAsync(group, more, query.Limit - found.Count, query.Mirrored, cancellation);
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
}
