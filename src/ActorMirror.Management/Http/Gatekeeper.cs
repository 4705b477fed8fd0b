using System.Globalization;
using System.Net;
using ActorMirror.Management.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ActorMirror.Management.Http;

/// <summary>
/// Decides on the network's side who may ask what, before anything is read of a request but its head:
/// <code>
/// host (plain HTTP: an address or a known name) -> origin (none, or our own) -> token (over TLS only, failures throttled) -> role
/// </code>
/// There are no cookies: what a browser is made to send by a foreign page has no rights.
/// </summary>
internal sealed class Gatekeeper(ApiServerOptions options, DeviceApi device, RequestDelegate next)
{
    private readonly FailureThrottle throttle = new(device.Time);
    private readonly Changes changes = new(device.Audit, device.Time);

    public async Task InvokeAsync(HttpContext http)
    {
        if (Refusal(http) is { } refusal) await refusal.ExecuteAsync(http);
        else await next(http);
    }

    private IResult? Refusal(HttpContext http)
    {
        if (!http.Request.IsHttps && !IsOurName(http.Request.Host.Host))
            return Answers.Problem(StatusCodes.Status421MisdirectedRequest, "this device is not known under that name: ask for its address, or add the name to management.host-names");
        var need = Need.Of(http);
        if (IsForeign(http.Request)) return Refuse(http, need, StatusCodes.Status403Forbidden, "the page that asks is of another origin");
        var (caller, refused) = Identify(http, need);
        if (refused is not null) return refused;
        http.Features.Set(caller);
        return need switch
        {
            null => null,
            { } role when caller.Role >= role => null,
            ApiRole.Viewer when caller.Role is null && options.ReadWithoutToken => null,
            not ApiRole.Viewer when !http.Request.IsHttps => Refuse(
                http, need, StatusCodes.Status403Forbidden, "nothing is changed and no secret shown over plain HTTP: use TLS (management.tls), or the control socket"),
            { } role when caller.Role is null => Challenge(http, Refuse(
                http, need, StatusCodes.Status401Unauthorized, $"this needs a token of role {Metrics.Picture.Word(role)}: make one on the device with 'amctl token create'")),
            { } role => Refuse(http, need, StatusCodes.Status403Forbidden, $"token '{caller.Name}' has role {Metrics.Picture.Word(caller.Role!.Value)}; this needs role {Metrics.Picture.Word(role)}"),
        };
    }

    private (Caller Caller, IResult? Refused) Identify(HttpContext http, ApiRole? need)
    {
        var address = Caller.AddressOf(http) ?? IPAddress.None;
        var nobody = new Caller(Caller.Nobody, address.ToString(), null);
        if (http.Request.Headers.Authorization.Count == 0) return (nobody, null);
        http.Features.Set(nobody);
        if (!http.Request.IsHttps)
            return (nobody, Refuse(http, need, StatusCodes.Status403Forbidden, "a token was sent in plain text: revoke it, and use TLS (management.tls)"));
        if (throttle.Wait(address) is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return (nobody, Answers.Problem(StatusCodes.Status429TooManyRequests, $"too many wrong tokens from this address: try again in {Math.Ceiling(wait.TotalSeconds)} s"));
        }

        if (device.Tokens.Find(TokenOf(http.Request)) is { } token) return (new Caller(token.Name, nobody.From, token.Role), null);
        if (throttle.Failed(address) == FailureThrottle.Most)
            changes.Record(http, "log-in", "", StatusCodes.Status429TooManyRequests, $"{FailureThrottle.Most} wrong tokens within a minute: the address has to wait");
        return (nobody, Challenge(http, Refuse(http, need, StatusCodes.Status401Unauthorized, "the token is not known, was revoked, or has ended")));
    }

    /// <summary>RFC 6750, 2.1; the only way there is.</summary>
    private static string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization is [var value] && value?.Split(' ') is [var scheme, var token] && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? token : null;

    /// <summary>Who wanted to change something is written down; who only looked is not.</summary>
    private IResult Refuse(HttpContext http, ApiRole? need, int status, string detail)
    {
        if (need > ApiRole.Viewer) changes.Record(http, $"{http.Request.Method} refused", http.Request.Path, status, detail);
        return Answers.Problem(status, detail);
    }

    private static IResult Challenge(HttpContext http, IResult refusal)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return refusal;
    }

    /// <summary>A browser says which page asks. Without that it is no browser's script, or the operator who follows a link.</summary>
    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers.Origin is [{ } origin, ..]) return origin != $"{request.Scheme}://{request.Host.Value}";
        return !HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Site"] is [var site, ..] && site is not ("same-origin" or "none");
    }

    /// <summary>A foreign page's own name may be made to lead to this device's address (DNS rebinding); TLS would not fit that name.</summary>
    private bool IsOurName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _)
        || options.HostNames.Any(known => known.Equals(host, StringComparison.OrdinalIgnoreCase));
}
