using System.Collections.Immutable;
using Dapper;
using Microsoft.Data.Sqlite;

namespace ActorMirror.Journal;

/// <summary>The audit as rows; what is older than the newest <see cref="Audit.Kept"/> goes as new ones come.</summary>
internal static class AuditRecords
{
    public static ImmutableArray<Audit> Read(SqliteConnection connection, int limit) =>
    [
        .. connection.Query<(string At, string Actor, string Source, string Action, string Object, long Status, string Detail)>(
                "SELECT at, actor, source, action, object, status, detail FROM audit ORDER BY id DESC LIMIT @limit", new { limit })
            .Select(r => new Audit(DateTimeOffset.Parse(r.At), r.Actor, r.Source, r.Action, r.Object, (int)r.Status, r.Detail)),
    ];

    public static void Write(Audit change, SqliteTransaction transaction)
    {
        var connection = transaction.Connection!;
        connection.Execute(
            "INSERT INTO audit (at, actor, source, action, object, status, detail) VALUES (@at, @Actor, @From, @Action, @Object, @Status, @Detail)",
            new { at = change.At.ToString("O"), change.Actor, change.From, change.Action, change.Object, change.Status, change.Detail },
            transaction);
        connection.Execute("DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - @kept", new { kept = Audit.Kept }, transaction);
    }
}
