using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using Dapper;
using Microsoft.Data.Sqlite;

namespace ActorMirror.Journal;

/// <summary>Records as rows of <see cref="Schema"/>. Ring and index are stored as SQLite's signed 64-bit integers.</summary>
internal static class Records
{
    public static ImmutableDictionary<string, Epoch> Epochs(SqliteConnection connection) =>
        connection.Query<(string Group, long Ring, long Index)>("SELECT traffic_group, ring, idx FROM epoch")
            .ToImmutableDictionary(r => r.Group, r => new Epoch((ulong)r.Ring, (ulong)r.Index));

    /// <summary>What is no device id (a file that somebody wrote to) is left out.</summary>
    public static ImmutableArray<OfflineWord> Offline(SqliteConnection connection) =>
    [
        .. connection.Query<(long Device, long Offline, long Ring, long Index)>("SELECT device, offline, ring, idx FROM offline ORDER BY device")
            .Where(r => r.Device is >= 1 and <= DeviceId.Maximum)
            .Select(r => new OfflineWord(new DeviceId((int)r.Device), r.Offline != 0, new Epoch((ulong)r.Ring, (ulong)r.Index))),
    ];

    public static ImmutableArray<Failover> Failovers(SqliteConnection connection, int limit) =>
    [
        .. connection.Query<Row>(
            """
            SELECT traffic_group AS TrafficGroup, ring AS Ring, idx AS Idx, previous AS Previous, active AS Active, reason AS Reason,
                   detection_ms AS DetectionMs, promotion_ms AS PromotionMs, owned AS Owned, protected AS Protected, at AS At,
                   old_owned AS OldOwned, lost AS Lost, last_word_ms AS LastWordMs, exposed_ms AS ExposedMs
            FROM failover ORDER BY rowid DESC LIMIT @limit
            """,
            new { limit })
        .Select(r => r.ToFailover()),
    ];

    public static void Write(Entry entry, SqliteTransaction transaction)
    {
        var connection = transaction.Connection!;
        switch (entry)
        {
            case Entry.Seen(var group, var epoch):
                connection.Execute(
                    """
                    INSERT INTO epoch VALUES (@group, @ring, @index)
                    ON CONFLICT (traffic_group) DO UPDATE SET ring = @ring, idx = @index WHERE (ring, idx) < (@ring, @index)
                    """,
                    new { group, ring = (long)epoch.Ring, index = (long)epoch.Index },
                    transaction);
                break;
            case Entry.Said({ } w):
                connection.Execute(
                    """
                    INSERT INTO offline VALUES (@device, @offline, @ring, @index)
                    ON CONFLICT (device) DO UPDATE SET offline = @offline, ring = @ring, idx = @index WHERE (ring, idx) < (@ring, @index)
                    """,
                    new { device = w.Device.Value, offline = w.Offline, ring = (long)w.At.Ring, index = (long)w.At.Index },
                    transaction);
                break;
            case Entry.Forced({ } d):
                connection.Execute(
                    "INSERT INTO forced_standby (traffic_group, requester, target, at) VALUES (@Group, @Requester, @To, @at)",
                    new { d.Group, d.Requester, d.To, at = d.At.ToString("O") },
                    transaction);
                break;
            case Entry.Moved({ } f):
                connection.Execute(
                    """
                    INSERT OR REPLACE INTO failover VALUES (@Group, @ring, @index, @From, @To, @Reason, @DetectionMs, @PromotionMs, @Owned, @Protected, @at,
                        @oldOwned, @lost, @lastWordMs, @exposedMs)
                    """,
                    new
                    {
                        f.Group,
                        ring = (long)f.Epoch.Ring,
                        index = (long)f.Epoch.Index,
                        f.From,
                        f.To,
                        f.Reason,
                        f.DetectionMs,
                        f.PromotionMs,
                        f.Owned,
                        f.Protected,
                        at = f.At.ToString("O"),
                        oldOwned = f.Loss?.Owned,
                        lost = f.Loss is { } loss ? LostText(loss.Lost) : null,
                        lastWordMs = f.Loss?.WordAge?.TotalMilliseconds,
                        exposedMs = f.Loss?.ExposedFor?.TotalMilliseconds,
                    },
                    transaction);
                break;
            case Entry.Changed({ } change):
                AuditRecords.Write(change, transaction);
                break;
            default:
                throw new UnreachableException($"no table for {entry.GetType().Name}");
        }
    }

    private static string LostText(ExposureCounts lost) =>
        JsonSerializer.Serialize(lost.Reasons.ToDictionary(r => r.Why.ToString(), r => r.Connections));

    /// <summary>A reason of another release is no reason of ours.</summary>
    private static ExposureCounts Lost(string text) => (JsonSerializer.Deserialize<Dictionary<string, int>>(text) ?? [])
        .Aggregate(ExposureCounts.None, (lost, r) => Enum.TryParse<Exposure>(r.Key, out var why) ? lost.With(why, r.Value) : lost);

    private sealed class Row
    {
        public required string TrafficGroup { get; init; }

        public long Ring { get; init; }

        public long Idx { get; init; }

        public string? Previous { get; init; }

        public required string Active { get; init; }

        public required string Reason { get; init; }

        public double? DetectionMs { get; init; }

        public double? PromotionMs { get; init; }

        public long Owned { get; init; }

        public long Protected { get; init; }

        public required string At { get; init; }

        public long? OldOwned { get; init; }

        public string? Lost { get; init; }

        public double? LastWordMs { get; init; }

        public double? ExposedMs { get; init; }

        public Failover ToFailover() => new(
            TrafficGroup, new Epoch((ulong)Ring, (ulong)Idx), Previous, Active, Reason, DetectionMs, PromotionMs, (int)Owned, (int)Protected, DateTimeOffset.Parse(At),
            Lost is null ? null : new LossReport((int?)OldOwned, Records.Lost(Lost), Time(LastWordMs), Time(ExposedMs)));

        private static TimeSpan? Time(double? ms) => ms is { } known ? TimeSpan.FromMilliseconds(known) : null;
    }
}
