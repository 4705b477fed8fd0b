using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace ActorMirror.Management.Http;

/// <summary>
/// How much of the device the network may have: a few requests at a time, a short queue, and 503 for the others. While this device takes a traffic group
/// over nothing but health is answered: the processor is the promotion's.
/// </summary>
internal sealed class LoadBound(IDeviceView view, RequestDelegate next) : IDisposable
{
    /// <summary>Fewer than the actors' threads; what only shows takes less than a millisecond of one.</summary>
    internal const int AtOnce = 2;

    private const int Waiting = 64;

    private readonly ConcurrencyLimiter limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = AtOnce,
        QueueLimit = Waiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public async Task InvokeAsync(HttpContext http)
    {
        var endpoint = http.GetEndpoint()?.Metadata;
        var isHealth = endpoint?.GetMetadata<Need>() is { Role: null };
        if (!isHealth && view.IsPromoting)
        {
            await BusyAsync(http, "this device is taking over a traffic group");
            return;
        }

        // Health has to be told of a busy device too; and what lasts has a bound of its own.
        if (isHealth || endpoint?.GetMetadata<Unbounded>() is not null || !IsShort(http.Request.Method))
        {
            await next(http);
            return;
        }

        using var permit = await limiter.AcquireAsync(1, http.RequestAborted);
        if (permit.IsAcquired) await next(http);
        else await BusyAsync(http, "too many requests at once");
    }

    public void Dispose() => limiter.Dispose();

    /// <summary>A change may wait for a handover; it needs a token, and there are only so many connections.</summary>
    private static bool IsShort(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private static Task BusyAsync(HttpContext http, string why)
    {
        http.Response.Headers.RetryAfter = "1";
        return Answers.Problem(StatusCodes.Status503ServiceUnavailable, why + ": try again in a second").ExecuteAsync(http);
    }
}
