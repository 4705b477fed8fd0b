using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
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
                foreach (var entry in entries) Records.Write(entry, transaction);
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

    public ImmutableDictionary<string, Epoch> ReadEpochs() => Read(Records.Epochs, ImmutableDictionary<string, Epoch>.Empty);

    public ImmutableArray<OfflineWord> ReadOffline() => Read(Records.Offline, []);

    public ImmutableArray<Failover> ReadFailovers(int limit) => Read(c => Records.Failovers(c, limit), []);

    public ImmutableArray<Audit> ReadAudits(int limit) => Read(c => AuditRecords.Read(c, limit), []);

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

    private static bool IsCorrupt(SqliteException e) => e.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase;

    private static bool IsExpected(Exception e) => e is SqliteException or SchemaException or IOException or UnauthorizedAccessException;
}
