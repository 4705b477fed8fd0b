using Dapper;
using Microsoft.Data.Sqlite;

namespace ActorMirror.Journal;

/// <summary>
/// The tables, as steps from one version to the next; the version is SQLite's user_version. A step that has shipped is never changed.
/// </summary>
internal static class Schema
{
    private static readonly string[] s_steps =
    [
        """
        CREATE TABLE epoch (
            traffic_group TEXT PRIMARY KEY,
            ring          INTEGER NOT NULL,
            idx           INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE forced_standby (
            id            INTEGER PRIMARY KEY,
            traffic_group TEXT NOT NULL,
            requester     TEXT NOT NULL,
            target        TEXT,
            at            TEXT NOT NULL
        ) STRICT;
        CREATE TABLE failover (
            traffic_group TEXT NOT NULL,
            ring          INTEGER NOT NULL,
            idx           INTEGER NOT NULL,
            previous      TEXT,
            active        TEXT NOT NULL,
            reason        TEXT NOT NULL,
            detection_ms  REAL,
            promotion_ms  REAL,
            owned         INTEGER NOT NULL,
            protected     INTEGER NOT NULL,
            at            TEXT NOT NULL,
            PRIMARY KEY (traffic_group, ring, idx)
        ) STRICT;
        """,
        // What became of the old active's connections; lost is a JSON object of reasons and numbers, NULL when nothing was reported.
        """
        ALTER TABLE failover ADD COLUMN old_owned INTEGER;
        ALTER TABLE failover ADD COLUMN lost TEXT;
        ALTER TABLE failover ADD COLUMN last_word_ms REAL;
        ALTER TABLE failover ADD COLUMN exposed_ms REAL;
        """,
        // The last word about a device's being offline, and its place in the total order.
        """
        CREATE TABLE offline (
            device  INTEGER PRIMARY KEY,
            offline INTEGER NOT NULL,
            ring    INTEGER NOT NULL,
            idx     INTEGER NOT NULL
        ) STRICT;
        """,
        // Ids are never used twice, so that the oldest are those with the smallest.
        """
        CREATE TABLE audit (
            id     INTEGER PRIMARY KEY AUTOINCREMENT,
            at     TEXT NOT NULL,
            actor  TEXT NOT NULL,
            source TEXT NOT NULL,
            action TEXT NOT NULL,
            object TEXT NOT NULL,
            status INTEGER NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        """,
    ];

    public static int Version => s_steps.Length;

    /// <summary>The SQL that leads from a version to the next.</summary>
    internal static string Step(int from) => s_steps[from];

    /// <exception cref="SchemaException">The file was written by a newer daemon.</exception>
    public static void Migrate(SqliteConnection connection)
    {
        var version = connection.ExecuteScalar<int>("PRAGMA user_version");
        if (version > Version) throw new SchemaException($"it has schema version {version}, this daemon knows {Version}: use the newer daemon or another file");
        for (; version < Version; version++)
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute(s_steps[version], transaction: transaction);
            connection.Execute($"PRAGMA user_version = {version + 1}", transaction: transaction);
            transaction.Commit();
        }
    }
}

internal sealed class SchemaException(string message) : Exception(message);
