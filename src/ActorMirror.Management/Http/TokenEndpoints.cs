using ActorMirror.Management.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorMirror.Management.Http;

/// <summary>Who may ask, and who did: tokens and the audit.</summary>
internal static class TokenEndpoints
{
    public static void Map(RouteGroupBuilder api, DeviceApi device)
    {
        var changes = new Changes(device.Audit, device.Time);
        api.MapGet("/tokens", () => device.Tokens.All).WithTags("access").WithSummary("The tokens of this device, without what is secret.").For(ApiRole.Admin);
        api.MapPost("/tokens", (TokenRequest request, HttpContext http) =>
                changes.RunAsync(
                    http, "token-create", request.Name ?? "", _ => Task.FromResult(device.Tokens.Create(request)),
                    made => $"role {Metrics.Picture.Word(made.Role)}, {(made.ExpiresAt is { } end ? $"until {end:u}" : "until it is revoked")}"))
            .WithTags("access").WithSummary("Makes a token; it is in the answer and nowhere else.").For(ApiRole.Admin)
            .Produces<NewToken>().ProducesProblem(400).ProducesProblem(409);
        api.MapDelete("/tokens/{name}", (string name, HttpContext http) =>
                changes.RunAsync(http, "token-revoke", name, _ =>
                {
                    device.Tokens.Revoke(name);
                    return Task.FromResult(new CommandReport($"token {name} is revoked"));
                }))
            .WithTags("access").WithSummary("Takes a token back, at once.").For(ApiRole.Admin)
            .Produces<CommandReport>().ProducesProblem(404);
        api.MapGet("/audit", (int? limit, CancellationToken cancellation) => device.Audit.ReadAsync(Math.Clamp(limit ?? 50, 0, 10_000), cancellation))
            .WithTags("access").WithSummary("The latest changes and what was refused, newest first.").For(ApiRole.Operator);
    }
}
