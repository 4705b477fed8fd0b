using System.Collections.Immutable;
using System.Diagnostics;
using ActorMirror.Actors.Devices;
using ActorMirror.Actors.Leases;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Journal;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>What this device shows: read from values its actors replace whole, so no call waits for one.</summary>
internal sealed class DeviceView(DeviceGroupModel model, DeviceContext context, DeviceRuntime runtime, LeaseKeeper lease, IJournal journal, TimeProvider time) : IDeviceView
{
    private static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(5);

    private readonly Moment started = MirrorReports.At(time.GetTimestamp(), time);

    public StatusReport Status()
    {
        var replica = context.Replica;
        return new StatusReport
        {
            Device = model.Self.Name,
            DeviceId = model.Self.Id.Value,
            Engine = model.Cluster.Engine.ToString().ToLowerInvariant(),
            Ring = replica.View?.Ring.ToString(),
            Quorate = replica.View is not null,
            Membership = replica.Phase switch
            {
                SyncPhase.Outside => Membership.Outside,
                SyncPhase.Established when !replica.IsWaiting => Membership.Synced,
                _ => Membership.Joining,
            },
            Members = [.. (replica.View?.Members ?? []).Select(Name)],
            UnsafePair = model.IsUnsafePair,
            Now = MirrorReports.At(time.GetTimestamp(), time),
            StartedAt = started,
            TrafficGroups = [.. model.TrafficGroups.Select(g => Report(g, replica.State?.Groups.GetValueOrDefault(g.Name), runtime.Runtimes.GetValueOrDefault(g.Name)))],
            Alarms = [],
            Journal = journal.Status.Text,
        };
    }

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
                    [.. GroupsWhere(state, g => g.Active == device.Id)], [.. GroupsWhere(state, g => g.NextActive == device.Id)]);
            }),
        ];
    }

    public ImmutableArray<VirtualServerReport> VirtualServers()
    {
        if (runtime.Services is not { } services) return [];
        var connections = List(int.MaxValue, null).ToLookup(l => l.Record.Mark.Value & ~FlowMark.Closing);
        return
        [
            .. services.Services.Select(service =>
            {
                var own = service.Members.SelectMany(m => connections[m.Mark.Value]).ToList();
                return new VirtualServerReport(
                    service.Server.Name, service.Number, service.Server.Destination.ToString(), service.Server.Protocol.ToString().ToLowerInvariant(),
                    service.Server.TrafficGroup, service.Server.Pool.Name, service.Server.Mirror, service.Server.SnatAddress?.ToString() ?? "none",
                    own.Count, own.Count(l => l.Protection == Protection.Protected),
                    [
                        .. service.Members.Select(m => new PoolMemberReport(
                            m.Member.Endpoint.ToString(), m.Member.Ratio,
                            service.Server.Pool.Monitor is null ? "unknown" : runtime.Health.IsUp(service.Server.Pool.Name, m.Member.Endpoint) ? "up" : "down",
                            connections[m.Mark.Value].Count())),
                    ]);
            }),
        ];
    }

    public ConnectionPage Connections(string? trafficGroup, bool? mirrored, int limit)
    {
        if (trafficGroup is not null && model.TrafficGroups.All(g => g.Name != trafficGroup))
            throw new DeviceCommandException(CommandFailure.NotFound, $"there is no traffic group '{trafficGroup}'");
        var matching = List(int.MaxValue, trafficGroup).Where(l => mirrored is null || mirrored == IsMirrored(l)).ToList();
        return new ConnectionPage(matching.Count, [.. matching.Take(limit).Select(Report)]);
    }

    private static bool IsMirrored(in ListedConnection listed) => listed.IsCopy || listed.Protection == Protection.Protected;

    private static IEnumerable<string> GroupsWhere(ClusterState? state, Func<GroupState, bool> which) =>
        state?.Groups.Values.Where(which).Select(g => g.Name) ?? [];

    private string Name(DeviceId id) => model.Devices.FirstOrDefault(d => d.Id == id)?.Name ?? $"#{id}";

    private TrafficGroupReport Report(TrafficGroup group, GroupState? state, GroupRuntime? here)
    {
        var shown = here?.Shown ?? GroupShown.Initial(time);
        var (table, unmirrored, copies) = here?.TableContext.View.Counts ?? default;
        return new TrafficGroupReport
        {
            Name = group.Name,
            Number = state?.Number ?? 0,
            Role = RoleOf(shown),
            Epoch = state is { Epoch: var epoch } && epoch != Epoch.None ? epoch.ToString() : null,
            Active = state?.Active is { } active ? Name(active) : null,
            NextActive = state?.NextActive is { } next ? Name(next) : null,
            Since = new Moment(shown.SinceNs, shown.SinceWall),
            Transitions = shown.Transitions,
            LeaseRemainingMs = shown.Control.IsUp ? lease.Remaining.TotalMilliseconds : null,
            Port = state?.Port ?? 0,
            Mirror = here is null ? null : MirrorReports.Of(group.Name, state?.Port ?? 0, here.TableContext.View, Name, time),
            Counts = new Management.Contracts.ConnectionCounts(table.Owned + unmirrored, table.Protected, unmirrored, copies),
            LastPromotion = shown.Promotion is { } p
                ? new PromotionReport(
                    p.Epoch.ToString(), MirrorReports.Kebab(p.Reason.ToString()), p.Detection?.TotalMilliseconds, p.Waited.TotalMilliseconds, p.Took.TotalMilliseconds,
                    table.Owned + unmirrored, table.Protected, p.At)
                : null,
        };
    }

    private static Role RoleOf(GroupShown shown) => shown.Control.Phase switch
    {
        GroupPhase.Waiting or GroupPhase.Opening => Role.Promoting,
        GroupPhase.Active => Role.Active,
        GroupPhase.Draining or GroupPhase.Releasing or GroupPhase.Overlap => Role.HandingOver,
        _ => shown.Role switch
        {
            LocalRole.Mirror => Role.Mirror,
            LocalRole.Cold => Role.Cold,
            _ => Role.None,
        },
    };

    private ConnectionReport Report(ListedConnection listed)
    {
        var record = listed.Record;
        var service = runtime.Services?.Find(record.Mark);
        var snat = record.Reply.Destination != record.Original.Source ? record.Reply.Destination.ToString() : null;
        return new ConnectionReport(
            service?.Server.TrafficGroup ?? "", service?.Server.Name ?? record.Mark.ToString(), record.Original.Protocol.ToString().ToLowerInvariant(),
            record.Original.Source.ToString(), record.Original.Destination.ToString(), record.Reply.Source.ToString(), snat,
            MirrorReports.Kebab(record.State.ToString()), IsMirrored(listed), IsMirrored(listed) ? null : WhyNot(listed), 0);
    }

    private static string WhyNot(in ListedConnection listed) => listed switch
    {
        { Reason: { } reason } => MirrorReports.Kebab(reason.ToString()),
        { Protection: { } protection } => MirrorReports.Kebab(protection.ToString()),
        _ => "mirroring is off",
    };

    /// <summary>Asks the tables; they answer between two batches.</summary>
    private List<ListedConnection> List(int limit, string? trafficGroup)
    {
        var listed = new List<ListedConnection>();
        foreach (var group in runtime.Runtimes.Values.Where(g => trafficGroup is null || g.Name == trafficGroup))
        {
            var answer = new TaskCompletionSource<IReadOnlyList<ListedConnection>>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (group.Table.Tell(new TableMessage.List(limit, answer.SetResult)) && answer.Task.Wait(ListPatience)) listed.AddRange(answer.Task.Result);
        }

        return listed;
    }
}
