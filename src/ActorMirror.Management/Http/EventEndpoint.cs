using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorMirror.Management.Http;

/// <summary>What happens, as a stream of server-sent events (WHATWG HTML, 9.2) that a client takes up again where it was cut.</summary>
internal static class EventEndpoint
{
    public static void Map(RouteGroupBuilder api, EventFeed feed) =>
        api.MapGet("/events", (HttpContext http) =>
            {
                // Without the header: from now on. With one that is no number, as one that is long gone.
                long? after = http.Request.Headers["Last-Event-ID"] is [var text] ? long.TryParse(text, out var id) && id >= 0 ? id : 0 : null;
                if (feed.TrySubscribe(after) is not { } subscription)
                    return Answers.Problem(StatusCodes.Status503ServiceUnavailable, $"{EventFeed.MostSubscribers} clients listen already, as many as there may be");
                http.Response.RegisterForDispose(subscription);
                http.Response.Headers.CacheControl = "no-store";
                return TypedResults.ServerSentEvents(Items(subscription, http.RequestAborted));
            })
            .WithTags("device").WithSummary("Roles, placements, promotions, mirror channels, alarms and members as they change, as server-sent events.")
            .WithMetadata(new Unbounded())
            .Produces<EventReport>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(503);

    private static async IAsyncEnumerable<SseItem<EventReport>> Items(EventSubscription subscription, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (id, report) in subscription.ReadAllAsync(cancellation))
            yield return new SseItem<EventReport>(report, report.Kind) { EventId = id.ToString(), ReconnectionInterval = TimeSpan.FromSeconds(2) };
    }
}

/// <summary>Marks an endpoint whose answers last: it has a bound of its own.</summary>
internal sealed record Unbounded;
