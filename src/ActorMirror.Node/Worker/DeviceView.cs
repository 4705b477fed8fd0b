using System.Collections.Immutable;
using ActorMirror.Actors.Alarms;
using ActorMirror.Actors.Devices;
using ActorMirror.Actors.Leases;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.VirtualServers;
using ActorMirror.Journal;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;
using ConnectionCounts = ActorMirror.Management.Contracts.ConnectionCounts;

namespace ActorMirror.Node.Worker;

/// <summary>What this device shows: read from values its actors replace whole, so no call waits for one.</summary>
internal sealed class DeviceView(
    DeviceGroupModel model, DeviceContext context, DeviceRuntime runtime, LeaseKeeper lease, IJournal journal, AlarmBook alarms, DeviceCounts measures, TimeProvider time) : IDeviceView
{
    private readonly Moment started = MirrorReports.At(time.GetTimestamp(), time);

    public StatusReport Status()
    {
        var replica = context.Replica;
        return new StatusReport
        {
            Device = model.Self.Name,
            DeviceId = model.Self.Id.Value,
            Group = model.GroupName,
            Engine = model.Cluster.Engine.ToString().ToLowerInvariant(),
            Ring = replica.View?.Ring.ToString(),
            Quorate = replica.View is not null,
            Membership = replica.Phase switch
            {
                SyncPhase.Outside => Membership.Outside,
                SyncPhase.Established when !replica.IsWaiting => Membership.Synced,
                _ => Membership.Joining,
            },
            Members = [.. (replica.View?.Members ?? []).Select(model.NameOf)],
            UnsafePair = model.IsUnsafePair,
            Now = MirrorReports.At(time.GetTimestamp(), time),
            StartedAt = started,
            TrafficGroups = [.. model.TrafficGroups.Select(g => Report(g, replica.State, runtime.Runtimes.GetValueOrDefault(g.Name)))],
            ClusterLinks = ClusterLinkReports.Of(context.Engine.Links, model.NameOf, time),
            Alarms = Alarms(),
            Journal = journal.Status.Text,
        };
    }

    public bool IsPromoting => runtime.Runtimes.Values.Any(g => g.Shown.Role == Role.Promoting);

    public Measurements Measure() => measures.Read(runtime, lease, journal);

    public ImmutableArray<DeviceReport> Devices()
    {
        var state = context.Replica.State;
        return
        [
            .. model.Devices.Select(device =>
            {
                var known = state?.Devices.GetValueOrDefault(device.Id);
                return new DeviceReport(
                    device.Name, device.Id.Value, device.Id == model.Self.Id, device.Management.ToString(), device.Mirror.ToString(),
                    known?.InView ?? false, known?.Synced ?? false, known?.Suspect ?? false, known?.FailedVlans ?? [],
                    lease.SilenceOf(device.Id)?.TotalMilliseconds,
                    known is null ? null : known.ConfigurationDigest == context.Replica.Declaration.ConfigurationDigest,
                    [.. GroupsWhere(state, g => g.Active == device.Id)], [.. GroupsWhere(state, g => g.NextActive == device.Id)],
                    device.Id == model.Self.Id ? Alarms() : null, known?.Offline ?? false, known?.Scores ?? ImmutableSortedDictionary<string, int>.Empty);
            }),
        ];
    }

    public ImmutableArray<VirtualServerReport> VirtualServers()
    {
        if (runtime.Services is not { } services) return [];
        return
        [
            .. services.Services.Select(service =>
            {
                var counts = service.Marks.Aggregate(default(OpenCounts), (sum, mark) => sum + CountsOf(service.Server, mark));
                return new VirtualServerReport(
                    service.Server.Name, service.Number, service.Server.Destination.ToString(), service.Server.Protocol?.ToString().ToLowerInvariant() ?? "any",
                    service.Server.TrafficGroup, service.Server.Pool?.Name, service.Server.Mirror.ToString(), service.Server.SnatAddresses.IsEmpty ? "none" : string.Join(", ", service.Server.SnatAddresses),
                    counts.Open, counts.Protected,
                    [
                        .. service.Members.Select(m => new PoolMemberReport(
                            m.Member.Endpoint.ToString(), m.Member.Ratio,
                            service.Server.Pool?.Monitor is null ? "unknown" : runtime.Health.IsUp(service.Server.Pool.Name, m.Member.Endpoint) ? "up" : "down",
                            CountsOf(service.Server, m.Mark).Open)),
                    ]);
            }),
        ];
    }

    public ImmutableArray<SnatReport> Snats() => runtime.Services is not { } services
        ? []
        :
        [
            .. services.Snats.Select(numbered =>
            {
                var snat = numbered.Snat;
                var counts = CountsOf(snat, new FlowMark(numbered.Bits));
                return new SnatReport(
                    snat.Name, numbered.Number, [.. snat.Origins.Select(o => o.ToString())], [.. snat.Vlans.Select(v => v.Name)], snat.Automap,
                    [.. snat.Translations.Select(t => t.ToString())], snat.TrafficGroup, snat.Mirror.ToString(), counts.Open, counts.Protected);
            }),
        ];

    public ImmutableArray<MirrorReport> Mirrors() =>
    [
        .. model.TrafficGroups.SelectMany(group => runtime.Runtimes.GetValueOrDefault(group.Name) is { } here
            ? MirrorReports.AllOf(group.Name, context.Replica.State?.Groups.GetValueOrDefault(group.Name)?.Port ?? 0, here.Connections, model.NameOf, time)
            : []),
    ];

    public async Task<ImmutableArray<FailoverReport>> FailoversAsync(int limit, CancellationToken cancellation) =>
        [.. (await journal.FailoversAsync(limit, cancellation)).Select(FailoverReports.Of)];

    public Task<ConnectionPage> ConnectionsAsync(ConnectionQuery query, CancellationToken cancellation) =>
        query.TrafficGroup is { } name && model.TrafficGroups.All(g => g.Name != name)
            ? throw new DeviceCommandException(CommandFailure.NotFound, $"there is no traffic group '{name}'")
            : new ConnectionList(runtime).ReadAsync(query, cancellation);

    public Task<PersistencePage> PersistenceAsync(PersistenceQuery query, int limit, CancellationToken cancellation) =>
        new PersistenceQuestion(runtime, query).ReadAsync(limit, cancellation);

    public Task<RehearsalReport> RehearseAsync(string trafficGroup, CancellationToken cancellation)
    {
        if (model.TrafficGroups.All(g => g.Name != trafficGroup))
            throw new DeviceCommandException(CommandFailure.NotFound, $"there is no traffic group '{trafficGroup}'");
        var cluster = context.Replica.State;
        if (cluster?.Groups.GetValueOrDefault(trafficGroup) is not { } state || runtime.Runtimes.GetValueOrDefault(trafficGroup) is not { Shown.Role: Role.Active } group)
        {
            var where = cluster?.Groups.GetValueOrDefault(trafficGroup)?.Active is { } active ? $"ask {model.NameOf(active)}, which is" : "no device is";
            throw new DeviceCommandException(CommandFailure.Conflict, $"traffic group {trafficGroup} is not active here: {where}");
        }

        var mirror = MirrorReports.Of(trafficGroup, state.Port, group.Connections, model.NameOf, time);
        return new Rehearsal(model, cluster, state, runtime, group, mirror).RunAsync(cancellation);
    }

    public Task<ConnectionExplanation> ExplainAsync(string tuple, CancellationToken cancellation) =>
        new Explanation(model, runtime, Status().TrafficGroups.ToDictionary(g => g.Name)).FindAsync(tuple, cancellation);

    private ImmutableArray<AlarmReport> Alarms() =>
        [.. alarms.Current.Select(a => new AlarmReport(MirrorReports.Kebab(a.Kind.ToString()), a.About, a.Text, a.Remedy, new Moment(a.SinceTimestamp, a.Since)))];

    private OpenCounts CountsOf(Listener listener, FlowMark mark) =>
        runtime.Runtimes.TryGetValue(listener.TrafficGroup, out var group) ? group.Connections.Of(mark) : default;

    private static IEnumerable<string> GroupsWhere(ClusterState? state, Func<GroupState, bool> which) =>
        state?.Groups.Values.Where(which).Select(g => g.Name) ?? [];

    private TrafficGroupReport Report(TrafficGroup group, ClusterState? cluster, GroupRuntime? here)
    {
        var state = cluster?.Groups.GetValueOrDefault(group.Name);
        var shown = here?.Shown ?? GroupShown.Initial(time);
        var (mirrored, unmirrored, copies) = here is null ? default : (here.Connections.Mirrored, here.Connections.Unmirrored, here.Connections.Copies);
        return new TrafficGroupReport
        {
            Name = group.Name,
            Number = state?.Number ?? 0,
            Role = shown.Role,
            Epoch = state is { Epoch: var epoch } && epoch != Epoch.None ? epoch.ToString() : null,
            Active = state?.Active is { } active ? model.NameOf(active) : null,
            Held = Hold.TextOf(state, model),
            Placement = PlacementReports.Of(cluster, group.Name, model),
            NextActive = state?.NextActive is { } next ? model.NameOf(next) : null,
            Since = new Moment(shown.SinceNs, shown.SinceWall),
            Transitions = shown.Transitions,
            LeaseRemainingMs = shown.Control.IsUp ? lease.Remaining.TotalMilliseconds : null,
            Port = state?.Port ?? 0,
            Mirror = here is null ? null : MirrorReports.Of(group.Name, state?.Port ?? 0, here.Connections, model.NameOf, time),
            Counts = new ConnectionCounts(mirrored.Open + unmirrored.Open, mirrored.Protected, unmirrored.Open, copies.Protected, here?.Connections.Exposed[Exposure.ByChoice] ?? 0),
            LastPromotion = shown.Promotion is { } p
                ? new PromotionReport(
                    p.Epoch.ToString(), MirrorReports.Kebab(p.Reason.ToString()), p.Detection?.TotalMilliseconds, p.Waited.TotalMilliseconds, p.Took.TotalMilliseconds,
                    p.Connections.Open, p.Connections.Protected, p.At, FailoverReports.Of(p.Loss, p.Connections.Protected))
                : null,
        };
    }
}
