using System.Collections.Immutable;
using ActorMirror.Management.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorMirror.Management.Http;

/// <summary>The resources below <c>/api/v1</c>: what amctl shows and does.</summary>
internal static class ApiEndpoints
{
    /// <summary>Over the network: a page that is made, sent and read in no time.</summary>
    public const int NetworkPage = 1_000;

    /// <param name="mostAtOnce">The largest page of connections, or of the history.</param>
    public static void Map(IEndpointRouteBuilder root, DeviceApi device, int mostAtOnce)
    {
        var api = root.MapGroup("/api/v1");
        Reports(api, device.View, mostAtOnce);
        Questions(api, device.View, mostAtOnce);
        Changes(api, device.Control, new Changes(device.Audit, device.Time));
        TokenEndpoints.Map(api, device);
        EventEndpoint.Map(api, device.Events);
    }

    /// <summary>Only over the control socket: for tests, in daemons that allow it.</summary>
    public static void MapFaults(IEndpointRouteBuilder root, IDeviceControl control)
    {
        var faults = root.MapGroup("/api/v1/faults");
        faults.MapGet("/actors", () => Answers.OfAsync(() => Task.FromResult(control.Actors())));
        faults.MapPost("/kill-actor", (KillActorRequest request, CancellationToken cancellation) =>
            Answers.OfAsync(() => control.KillActorAsync(request, cancellation)));
    }

    private static void Reports(RouteGroupBuilder api, IDeviceView view, int mostAtOnce)
    {
        api.MapGet("/status", () => view.Status()).WithTags("device").WithSummary("Members, quorum, traffic groups and alarms as this device sees them.");
        api.MapGet("/devices", () => view.Devices()).WithTags("device").WithSummary("Each device of the group.");
        api.MapGet("/traffic-groups", () => view.Status().TrafficGroups).WithTags("traffic").WithSummary("Role, epoch and protection of each traffic group.");
        api.MapGet("/traffic-groups/{name}", (string name) => Answers.OfAsync(() => Task.FromResult(
                view.Status().TrafficGroups.FirstOrDefault(g => g.Name == name) ?? throw new DeviceCommandException(CommandFailure.NotFound, $"there is no traffic group '{name}'"))))
            .WithTags("traffic").WithSummary("One traffic group, and why it is where it is.").Produces<TrafficGroupReport>().ProducesProblem(404);
        api.MapGet("/virtual-servers", () => view.VirtualServers()).WithTags("traffic").WithSummary("Each virtual server with its members.");
        api.MapGet("/snats", () => view.Snats()).WithTags("traffic").WithSummary("Each SNAT with its origins and translation addresses.");
        api.MapGet("/mirror", () => view.Mirrors()).WithTags("mirror").WithSummary("State, sequences and lag of each mirror channel.");
        api.MapGet("/failovers", (int? limit, CancellationToken cancellation) =>
                view.FailoversAsync(Math.Clamp(limit ?? 20, 0, mostAtOnce), cancellation))
            .WithTags("traffic").WithSummary("The latest moves of traffic groups, newest first, with what they cost.");
    }

    private static void Questions(RouteGroupBuilder api, IDeviceView view, int mostAtOnce)
    {
        api.MapGet("/connections", (string? trafficGroup, bool? mirrored, int? limit, string? after, CancellationToken cancellation) =>
                Answers.OfAsync(() => view.ConnectionsAsync(new ConnectionQuery(trafficGroup, mirrored, Math.Clamp(limit ?? 100, 0, mostAtOnce), after), cancellation)))
            .WithTags("connections").WithSummary("A page of this device's connections; 'next' of one page is 'after' of the next.")
            .Produces<ConnectionPage>().ProducesProblem(404).ProducesProblem(503);
        api.MapGet("/connections/explain", (string? tuple, CancellationToken cancellation) => Answers.OfAsync(() => view.ExplainAsync(tuple ?? "", cancellation)))
            .WithTags("connections").WithSummary("One connection: its member and why, its copy, and what a failover would do to it.")
            .Produces<ConnectionExplanation>().ProducesProblem(400).ProducesProblem(404);
        api.MapGet("/persistence", ([AsParameters] PersistenceQuery query, int? limit, CancellationToken cancellation) =>
                Answers.OfAsync(() => view.PersistenceAsync(query, Math.Clamp(limit ?? 100, 0, mostAtOnce), cancellation)))
            .WithTags("persistence").WithSummary("Persistence records that match, the first of them.").Produces<PersistencePage>().ProducesProblem(400).ProducesProblem(404);
        api.MapGet("/traffic-groups/{name}/rehearsal", (string name, CancellationToken cancellation) => Answers.OfAsync(() => view.RehearseAsync(name, cancellation)))
            .WithTags("traffic").WithSummary("What would survive a failover now, what not, and why; touches no traffic.")
            .Produces<RehearsalReport>().ProducesProblem(404).ProducesProblem(409);
    }

    private static void Changes(RouteGroupBuilder api, IDeviceControl control, Changes changes)
    {
        api.MapPost("/traffic-groups/{name}/force-standby", (string name, ForceStandbyRequest? request, HttpContext http) =>
                changes.RunAsync(http, "force-standby", name, cancellation => control.ForceStandbyAsync(name, request?.To, cancellation)))
            .WithTags("traffic").WithSummary("Moves a traffic group to another device in a planned handover.").For(ApiRole.Operator)
            .Produces<CommandReport>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        api.MapPost("/traffic-groups/{name}/resync", (string name, HttpContext http) =>
                changes.RunAsync(http, "resync", name, cancellation => control.ResyncAsync(name, cancellation)))
            .WithTags("mirror").WithSummary("Sends every connection of a traffic group to its next-active again.").For(ApiRole.Operator)
            .Produces<CommandReport>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        api.MapPost("/devices/{name}/offline", (string name, HttpContext http) =>
                changes.RunAsync(http, "device-offline", name, cancellation => control.SetOfflineAsync(name, offline: true, cancellation)))
            .WithTags("device").WithSummary("Takes a device out of service, until it is released.").For(ApiRole.Operator)
            .Produces<CommandReport>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        api.MapPost("/devices/{name}/release", (string name, HttpContext http) =>
                changes.RunAsync(http, "device-release", name, cancellation => control.SetOfflineAsync(name, offline: false, cancellation)))
            .WithTags("device").WithSummary("Puts a device into service again.").For(ApiRole.Operator)
            .Produces<CommandReport>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        api.MapPost("/persistence/delete", (PersistenceQuery query, HttpContext http) =>
                changes.RunAsync(http, "persistence-delete", query.ToString(), cancellation => control.DeletePersistenceAsync(query, cancellation)))
            .WithTags("persistence").WithSummary("Deletes the persistence records that match.").For(ApiRole.Operator)
            .Produces<CommandReport>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        api.MapPost("/trust/revoke", (RevokeRequest request, HttpContext http) =>
                changes.RunAsync(http, "trust-revoke", request.Serial ?? "", cancellation => control.RevokeAsync(request.Serial ?? "", cancellation)))
            .WithTags("trust").WithSummary("Takes the trust from a certificate on every device of the group, for good.").For(ApiRole.Admin)
            .Produces<CommandReport>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
    }
}
