using ActorMirror.Actors.Alarms;
using ActorMirror.Actors.Devices;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Journal;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>Looks once a second at what this device shows, and raises and clears the alarms that follow from it. Reads values only: nothing waits for it.</summary>
internal sealed class AlarmWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly DeviceGroupModel model;
    private readonly AlarmBook alarms;
    private readonly DeviceContext context;
    private readonly DeviceRuntime runtime;
    private readonly DeviceTrust trust;
    private readonly IJournal journal;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly long started;
    private readonly Dictionary<string, MirrorWatch> mirrors;
    private readonly DropWatch drops = new();
    private readonly Lock looking = new();
    private readonly ITimer timer;

    public AlarmWatch(
        DeviceGroupModel model, AlarmBook alarms, DeviceContext context, DeviceRuntime runtime, DeviceTrust trust, IJournal journal, TimeProvider time, ILogger log)
    {
        (this.model, this.alarms, this.context, this.runtime, this.trust, this.journal, this.time, this.log) = (model, alarms, context, runtime, trust, journal, time, log);
        started = time.GetTimestamp();
        mirrors = model.TrafficGroups.ToDictionary(g => g.Name, _ => new MirrorWatch());
        if (model.IsUnsafePair) alarms.Raise(AlarmKind.UnsafePair, null, "two devices without an arbiter: a cut between them makes both active");
        timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        try
        {
            // Two looks at once, after a pause of the machine, would count time twice.
            lock (looking)
            {
                LookAtGroup(context.Replica);
                LookAtLease();
                foreach (var group in model.TrafficGroups) LookAtMirror(group);
                LookAtPools();
                foreach (var (about, text) in ClusterLinkWatch.Look(context.Engine.Links, id => model.Device(id).Name, time)) alarms.Set(AlarmKind.ClusterLinkDown, about, text);
                LookAtTrust();
                alarms.Set(AlarmKind.JournalUnwell, null, journal.Status is { Health: not JournalHealth.Ok } status ? status.Text : null);
            }
        }
        catch (Exception failure)
        {
            log.LogError(failure, "The alarms were not looked at; next time in {Interval} s", Interval.TotalSeconds);
        }
    }

    private void LookAtGroup(ClusterReplica replica)
    {
        alarms.Set(AlarmKind.OutOfGroup, null, replica switch
        {
            { View: null } => "this device has no quorum: it has no roles",
            { IsWaiting: true } => "this device waits for the state of the group: it has no roles yet",
            _ => null,
        });
        var self = replica.State?.Devices.GetValueOrDefault(model.Self.Id);
        alarms.Set(AlarmKind.Offline, null, self is { Offline: true } ? "an operator took this device out of service: it serves and mirrors nothing" : null);
        var failed = self?.FailedVlans ?? [];
        foreach (var vlan in model.Vlans)
            alarms.Set(AlarmKind.VlanDown, vlan.Name, failed.Contains(vlan.Name) ? $"its interface {vlan.Interface} has no link" : null);
        foreach (var group in model.TrafficGroups)
            alarms.Set(AlarmKind.Flapping, group.Name, Hold.TextOf(replica.State?.Groups.GetValueOrDefault(group.Name), model));
    }

    private void LookAtLease()
    {
        alarms.Set(AlarmKind.RolesDropped, null, drops.Look(context.LastDrop, context.IsIn));
        alarms.Set(AlarmKind.RealTimeRefused, null, context.Lease.IsRealTimeRefused ? "the thread of the lease may not run at real-time priority: under load the lease may end early" : null);
    }

    private void LookAtMirror(TrafficGroup group)
    {
        if (!runtime.Runtimes.TryGetValue(group.Name, out var here)) return;
        var shown = here.Shown;
        var peer = (shown.Decided as LocalRole.Active)?.Peer ?? (shown.Decided as LocalRole.HandingOver)?.Peer;
        var channel = here.Connections.Worst.Channel;
        var (noMirror, desynced) = mirrors[group.Name].Look(
            new MirrorSight(
                shown.Control.IsUp, model.Listeners.Any(l => l.TrafficGroup == group.Name && l.Mirror.IsOn),
                peer is { } device ? model.Device(device.Device).Name : null, channel?.State, channel?.Reason ?? ""),
            time.GetElapsedTime(started));
        alarms.Set(AlarmKind.NoMirror, group.Name, noMirror);
        alarms.Set(AlarmKind.MirrorDesynced, group.Name, desynced);
    }

    private void LookAtTrust()
    {
        trust.Refresh();
        var isNeeded = !model.Mirroring.PlainText && model.Devices.Length > 1 && model.Listeners.Any(l => l.Mirror.IsOn);
        alarms.Set(AlarmKind.TrustMissing, null, isNeeded ? trust.Missing : null);
        alarms.Set(AlarmKind.TrustExpires, null, isNeeded ? trust.Expiry : null);
    }

    private void LookAtPools()
    {
        var health = runtime.Health;
        foreach (var pool in model.Pools.Where(p => p.Monitor is not null))
        {
            var isDown = pool.Members.All(m => !health.IsUp(pool.Name, m.Endpoint));
            alarms.Set(AlarmKind.PoolDown, pool.Name, isDown ? $"none of its {pool.Members.Length} members answers the monitor: its virtual servers refuse connections" : null);
        }
    }
}
