using System.Collections.Immutable;
using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Persistence;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>Persistence records that an operator asks for or wants to be gone, by what he says of them.</summary>
internal sealed class PersistenceQuestion
{
    // A table looks at so many in one go; connections wait meanwhile.
    private const int PieceOf = 1024;

    private readonly DeviceRuntime runtime;
    private readonly PersistenceQuery query;
    private readonly ServiceTable services;
    private readonly Address? client;
    private readonly Address? key;
    private readonly PersistenceMode? mode;

    /// <exception cref="DeviceCommandException">It cannot be read, or names what does not exist.</exception>
    public PersistenceQuestion(DeviceRuntime runtime, PersistenceQuery query)
    {
        (this.runtime, this.query) = (runtime, query);
        services = runtime.Services ?? throw new DeviceCommandException(CommandFailure.Unavailable, "this device takes no part in traffic yet");
        client = AddressOf(query.Client);
        key = AddressOf(query.Key);
        mode = query.Mode is { } word ? ModeOf(word) : null;
        MustExist(query.TrafficGroup, "traffic group", services.Model.TrafficGroups.Select(g => g.Name));
        MustExist(query.VirtualServer, "virtual server", services.Services.Select(s => s.Server.Name));
        MustExist(query.Pool, "pool", services.Model.Pools.Select(p => p.Name));
    }

    public async Task<PersistencePage> ReadAsync(int limit, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<PersistenceReport>();
        var (total, refused, isMore) = (0, 0L, false);
        foreach (var group in Groups)
        {
            for (int? cursor = 0; cursor is { } from;)
            {
                var page = await TableQuestions.RecordsAsync(group, IsAsked, from, PieceOf, cancellation);
                if (from == 0) (total, refused) = (total + page.Total, refused + page.Refused);
                isMore |= page.Records.Length > limit - found.Count;
                found.AddRange(page.Records.Take(limit - found.Count).Select(Report));
                cursor = isMore ? null : page.Next;
            }
        }

        return new PersistencePage(total, refused, isMore, found.ToImmutable());
    }

    public async Task<CommandReport> DeleteAsync(CancellationToken cancellation)
    {
        int? deleted = null;
        foreach (var group in Groups)
        {
            if (await TableQuestions.DeleteRecordsAsync(group, IsAsked, cancellation) is { } here) deleted = (deleted ?? 0) + here;
        }

        return deleted is { } count
            ? new CommandReport($"{count} persistence records deleted")
            : throw new DeviceCommandException(CommandFailure.Conflict, $"this device is not active for {query.TrafficGroup ?? "any traffic group"}: records are deleted where they are made");
    }

    private IEnumerable<GroupRuntime> Groups =>
        runtime.Runtimes.Values.Where(g => query.TrafficGroup is null || g.Name == query.TrafficGroup).OrderBy(g => g.Name, StringComparer.Ordinal);

    private bool IsAsked(PersistenceRecord record)
    {
        if (services.FindScope(record.Mark) is not { } scope) return query == PersistenceQuery.All;
        var member = services.FindMember(record.Mark)?.Member.Endpoint;
        return (mode is null || scope.Profile.Mode == mode)
            && (client is null || (scope.Profile.Mode == PersistenceMode.SourceAddress && Has(scope, record, client.Value)))
            && (key is null || Has(scope, record, key.Value))
            && (query.VirtualServer is null || scope.Services.Any(s => s.Server.Name == query.VirtualServer))
            && (query.Pool is null || ServiceOf(scope, record)?.Server.Pool?.Name == query.Pool)
            && (query.Member is null || query.Member == member.ToString() || query.Member == member?.Address.ToString());
    }

    private PersistenceReport Report(PersistenceView view)
    {
        var record = view.Record;
        var scope = services.FindScope(record.Mark);
        var length = scope?.Profile.LengthOf(record.Key.Value);
        var known = record.Key.Value;
        return new PersistenceReport(
            services.Groups.FirstOrDefault(g => g.Value == record.Mark.TrafficGroup).Key ?? "",
            scope is null ? [] : [.. scope.Services.Select(s => s.Server.Name)],
            MirrorReports.Kebab((scope?.Profile.Mode ?? PersistenceMode.SourceAddress).ToString()),
            length is null || length == known.Bits ? known.ToString() : $"{known}/{length}",
            (scope is null ? null : ServiceOf(scope, record)?.Server.Pool?.Name) ?? "",
            services.FindMember(record.Mark)?.Member.Endpoint.ToString() ?? record.Mark.ToString(),
            view.Age?.TotalMilliseconds, view.Connections, record.Timeout.TotalMilliseconds, record.Remaining.TotalMilliseconds, view.IsProtected);
    }

    private static bool Has(PersistenceScope scope, PersistenceRecord record, Address address) => scope.Profile.Mask(address) == record.Key.Value;

    private static Service? ServiceOf(PersistenceScope scope, PersistenceRecord record) => scope.Services.FirstOrDefault(s => s.Number == record.Mark.VirtualServer);

    private static Address? AddressOf(string? text) => text is null ? null
        : Address.TryParse(text, out var address) ? address
        : throw new DeviceCommandException(CommandFailure.Malformed, $"'{text}' is no IPv4 or IPv6 address");

    private static PersistenceMode ModeOf(string word) =>
        Enum.GetValues<PersistenceMode>().Where(m => MirrorReports.Kebab(m.ToString()) == word).Cast<PersistenceMode?>().FirstOrDefault()
        ?? throw new DeviceCommandException(
            CommandFailure.Malformed, $"'{word}' is no mode; there are {string.Join(", ", Enum.GetNames<PersistenceMode>().Select(MirrorReports.Kebab))}");

    private static void MustExist(string? name, string what, IEnumerable<string> names)
    {
        if (name is not null && !names.Contains(name)) throw new DeviceCommandException(CommandFailure.NotFound, $"there is no {what} '{name}'");
    }
}
