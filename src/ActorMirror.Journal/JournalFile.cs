using System.Collections.Immutable;
using System.Diagnostics;
using ActorMirror.Domain.TrafficGroups;
using Dapper;
using Microsoft.Data.Sqlite;

namespace ActorMirror.Journal;

/// <summary>The SQLite file behind the journal: opens, heals, writes, reads. No call throws for what a disk may do; see <see cref="State"/>.</summary>
internal sealed class JournalFile(string path, TimeProvider time) : IDisposable
{
    // sqlite.org/rescode.html
    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    private readonly Lock _lock = new();
    private SqliteConnection? _connection;
    private string? _setAside;

    public (JournalHealth Health, string Text) State { get; private set; } = (JournalHealth.Unavailable, "not opened");

    public void Open()
    {
        lock (_lock)
        {
            try
            {
                OpenOrThrow();
            }
            catch (SqliteException e) when (IsCorrupt(e))
            {
                SetAside();
            }
            catch (Exception e) when (IsExpected(e))
            {
                Fail(e);
            }
        }
    }

    /// <summary>Writes all or nothing; false: given up.</summary>
    public bool Write(IReadOnlyList<Entry> entries)
    {
        lock (_lock)
        {
            if (_connection is null) Open();
            if (_connection is null) return false;
            try
            {
                using var transaction = _connection.BeginTransaction();
                foreach (var entry in entries) Write(entry, transaction);
                transaction.Commit();
                State = Healthy();
                return true;
            }
            catch (SqliteException e) when (IsCorrupt(e))
            {
                SetAside();
                return _connection is not null && Write(entries);
            }
            catch (Exception e) when (IsExpected(e))
            {
                Fail(e);
                return false;
            }
        }
    }

    public ImmutableDictionary<string, Epoch> ReadEpochs() => Read(
        c => c.Query<(string Group, long Ring, long Index)>("SELECT traffic_group, ring, idx FROM epoch")
            .ToImmutableDictionary(r => r.Group, r => new Epoch((ulong)r.Ring, (ulong)r.Index)),
        ImmutableDictionary<string, Epoch>.Empty);

    public ImmutableArray<Failover> ReadFailovers(int limit) => Read<ImmutableArray<Failover>>(
        c =>
        [
            .. c.Query<Row>(
                """
                SELECT traffic_group AS TrafficGroup, ring AS Ring, idx AS Idx, previous AS Previous, active AS Active, reason AS Reason,
                       detection_ms AS DetectionMs, promotion_ms AS PromotionMs, owned AS Owned, protected AS Protected, at AS At
                FROM failover ORDER BY rowid DESC LIMIT @limit
                """,
                new { limit })
            .Select(r => r.ToFailover()),
        ],
        []);

    public void Dispose()
    {
        lock (_lock) Close();
    }

    private void OpenOrThrow()
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);

        // Only this daemon writes here: who else holds the lock is a person with a tool, not worth more than a second.
        var options = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 };
        var connection = new SqliteConnection(options.ToString());
        try
        {
            connection.Open();

            // WAL survives kill -9 of the daemon; a power cut may cost the last records, which the other devices have too.
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
            if (connection.ExecuteScalar<string>("PRAGMA quick_check(1)") is not "ok" and var found) throw new SqliteException($"damaged: {found}", SqliteCorrupt);
            Schema.Migrate(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _connection = connection;
        State = Healthy();
    }

    /// <summary>A corrupt file is evidence: it keeps its name with the time behind it, and a new one is begun.</summary>
    private void SetAside()
    {
        Close();
        try
        {
            var aside = $"{path}.corrupt-{time.GetUtcNow():yyyyMMdd-HHmmss}";
            for (var n = 2; File.Exists(aside); n++) aside = $"{path}.corrupt-{time.GetUtcNow():yyyyMMdd-HHmmss}-{n}";
            File.Move(path, aside);
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
            _setAside = aside;
            OpenOrThrow();
        }
        catch (Exception e) when (IsExpected(e))
        {
            Fail(e);
        }
    }

    private void Fail(Exception e)
    {
        Close();
        State = (JournalHealth.Unavailable, $"{path}: {e.Message}");
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private (JournalHealth, string) Healthy() =>
        _setAside is null ? (JournalHealth.Ok, "ok") : (JournalHealth.Degraded, $"{path} was corrupt and is kept as {_setAside}");

    private T Read<T>(Func<SqliteConnection, T> read, T otherwise)
    {
        lock (_lock)
        {
            if (_connection is null) return otherwise;
            try
            {
                return read(_connection);
            }
            catch (SqliteException e)
            {
                Fail(e);
                return otherwise;
            }
        }
    }

    private void Write(Entry entry, SqliteTransaction transaction)
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
            case Entry.Forced({ } d):
                connection.Execute(
                    "INSERT INTO forced_standby (traffic_group, requester, target, at) VALUES (@Group, @Requester, @To, @at)",
                    new { d.Group, d.Requester, d.To, at = d.At.ToString("O") },
                    transaction);
                break;
            case Entry.Moved({ } f):
                connection.Execute(
                    "INSERT OR REPLACE INTO failover VALUES (@Group, @ring, @index, @From, @To, @Reason, @DetectionMs, @PromotionMs, @Owned, @Protected, @at)",
                    new { f.Group, ring = (long)f.Epoch.Ring, index = (long)f.Epoch.Index, f.From, f.To, f.Reason, f.DetectionMs, f.PromotionMs, f.Owned, f.Protected, at = f.At.ToString("O") },
                    transaction);
                break;
            default:
                throw new UnreachableException($"no table for {entry.GetType().Name}");
        }
    }

    private static bool IsCorrupt(SqliteException e) => e.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase;

    private static bool IsExpected(Exception e) => e is SqliteException or SchemaException or IOException or UnauthorizedAccessException;

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

        public Failover ToFailover() => new(
            TrafficGroup, new Epoch((ulong)Ring, (ulong)Idx), Previous, Active, Reason, DetectionMs, PromotionMs, (int)Owned, (int)Protected, DateTimeOffset.Parse(At));
    }
}
