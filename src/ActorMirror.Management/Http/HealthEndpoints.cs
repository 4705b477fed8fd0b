using System.Collections.Immutable;
using System.Globalization;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorMirror.Management.Http;

/// <summary>
/// What others ask in their own words: orchestrators (<c>/alive</c>, <c>/ready</c>), Prometheus (<c>/metrics</c>), and what knows Akka.Management
/// (<c>/cluster/members</c>, <c>/cluster/shards/NAME</c>).
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>The one type of shard there is.</summary>
    private const string TrafficGroups = "traffic-groups";

    public static void Map(IEndpointRouteBuilder root, DeviceApi device, int port)
    {
        root.MapGet("/alive", () => Results.Text("OK")).WithTags("health").WithSummary("200 while the worker answers.").ForAnybody()
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
        root.MapGet("/ready", () => Ready(device.View)).WithTags("health").WithSummary("200 when this device's mirrors are caught up, 503 and why otherwise.").ForAnybody()
            .Produces<string>(StatusCodes.Status200OK, "text/plain").Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain");
        root.MapGet("/metrics", async (CancellationToken cancellation) =>
                Results.Bytes(await device.Metrics.TextAsync(cancellation), DeviceMetrics.ContentType))
            .WithTags("health").WithSummary("Prometheus text.").Produces<string>(StatusCodes.Status200OK, "text/plain");
        root.MapGet("/cluster/members", () => Members(device.View, port)).WithTags("akka").WithSummary("The members in the shape of Akka.Management.");
        root.MapGet("/cluster/shards/{name}", (string name) => Shards(device.View, name)).WithTags("akka")
            .WithSummary($"The shards on this device in the shape of Akka.Management; the name is '{TrafficGroups}', or that of one traffic group.")
            .Produces<AkkaShards>().Produces<AkkaMessage>(StatusCodes.Status404NotFound);
    }

    private static IResult Ready(IDeviceView view)
    {
        var obstacles = Readiness.Obstacles(view.Status());
        return obstacles.IsEmpty
            ? Results.Text("OK")
            : Results.Text($"Not ready: {string.Join("; ", obstacles)}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    internal static AkkaMembers Members(IDeviceView view, int port)
    {
        var (status, devices) = (view.Status(), view.Devices());
        var (self, present) = (devices.First(d => d.Self), devices.Where(d => d.InView).ToList());
        return new AkkaMembers(
            Node(self),
            [.. present.Select(d => new AkkaMember(Node(d), d.Id.ToString(CultureInfo.InvariantCulture), d.Synced ? "Up" : "Joining", [d.Name]))],
            [.. devices.Where(d => !d.InView || d.Suspect).Select(d => new AkkaUnreachable(Node(d), [Node(self)]))],
            Leader(),
            null,
            present.ToImmutableSortedDictionary(d => d.Name, Node, StringComparer.Ordinal));

        string Node(DeviceReport d) => $"actormirror://{status.Group}@{(d.Management.Contains(':', StringComparison.Ordinal) ? $"[{d.Management}]" : d.Management)}:{port}";

        // A ring's name is REPRESENTATIVE.SEQUENCE.
        string? Leader() => status.Ring is { } ring && int.TryParse(ring.Split('.')[0], out var id) && devices.FirstOrDefault(d => d.Id == id) is { } leader ? Node(leader) : null;
    }

    private static IResult Shards(IDeviceView view, string name)
    {
        var groups = view.Status().TrafficGroups;
        if (name != TrafficGroups && groups.All(g => g.Name != name))
            return Results.Json(new AkkaMessage($"Shard Region {name} is not started"), ManagementJson.Default.AkkaMessage, statusCode: StatusCodes.Status404NotFound);
        var here = groups.Where(g => g.Role is Role.Active or Role.HandingOver && (name == TrafficGroups || g.Name == name));
        return Results.Json(new AkkaShards([.. here.Select(g => new AkkaShard(g.Name, g.Counts.Owned))]), ManagementJson.Default.AkkaShards);
    }
}
