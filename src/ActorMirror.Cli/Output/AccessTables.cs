using System.Collections.Immutable;
using ActorMirror.Management.Contracts;
using Spectre.Console;

namespace ActorMirror.Cli.Output;

/// <summary>Who may ask, and who did, as tables.</summary>
internal static class AccessTables
{
    public static void Tokens(IAnsiConsole console, ImmutableArray<TokenReport> tokens)
    {
        var table = Tables.New("Token", "Role", "Made", "Ends", "");
        foreach (var token in tokens)
            Tables.Row(table, token.Name, Text.Of(token.Role), token.CreatedAt.ToString("u"), token.ExpiresAt?.ToString("u") ?? "when revoked", token.IsExpired ? "ENDED" : "");
        console.Write(table);
    }

    public static void Audit(IAnsiConsole console, ImmutableArray<AuditReport> changes)
    {
        var table = Tables.New("At", "Who", "From", "Action", "Of", "Status", "Detail");
        foreach (var c in changes) Tables.Row(table, c.At.ToString("u"), c.Actor, c.From, c.Action, c.Object, c.Status.ToString(), c.Detail);
        console.Write(table);
    }
}
