using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Monitors;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Pools;
using Microsoft.Extensions.Logging;
using Monitor = ActorMirror.Domain.Pools.Monitor;

namespace ActorMirror.Actors.Monitoring;

public abstract record MonitorMessage
{
    private MonitorMessage()
    {
    }

    /// <summary>What there is to watch; replaces what was.</summary>
    public sealed record Watch(ServiceTable Services) : MonitorMessage;

    /// <summary>A probe ended.</summary>
    public sealed record Probed(string Pool, Endpoint Member, bool Success) : MonitorMessage;
}

/// <summary>Told when a member starts or stops to take connections.</summary>
public interface IMemberHealthObserver
{
    void Changed(MemberHealth health, string pool, Endpoint member, MemberStatus status);
}

/// <summary>What outlives the actor of the monitors: a successor must not take a member that is down for one that was not asked yet.</summary>
public sealed class MonitorMemory
{
    internal ServiceTable? Services { get; set; }

    internal Dictionary<(string Pool, Endpoint Member), MemberStatus> Statuses { get; } = [];

    internal MemberHealth Health => new([.. Statuses.Where(s => !s.Value.TakesConnections).Select(s => s.Key)]);
}

/// <summary>
/// Watches the pool members of every virtual server and HA group, on each device whether active or not, so that a promoted device knows who is up.
/// One loop per member of a pool with a monitor; the loops only report, the state is here.
/// </summary>
public sealed class MonitorActor(
    IActorRef<MonitorMessage> self,
    MonitorMemory memory,
    IReadOnlyDictionary<MonitorType, IMemberProbe> probes,
    IMemberHealthObserver observer,
    TimeProvider time,
    ILogger log) : Actor<MonitorMessage>
{
    private readonly Dictionary<(string Pool, Endpoint Member), Watched> watched = [];

    private sealed record Watched(Monitor Monitor, CancellationTokenSource Stop);

    public override ValueTask StartAsync(bool restart)
    {
        if (memory.Services is { } services) Watch(services);
        return ValueTask.CompletedTask;
    }

    public override ValueTask HandleAsync(MonitorMessage message)
    {
        switch (message)
        {
            case MonitorMessage.Watch watch:
                Watch(watch.Services);
                break;
            case MonitorMessage.Probed probed:
                Probed(probed);
                break;
        }

        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var target in watched.Values) await Stop(target);
        watched.Clear();
        await base.DisposeAsync();
    }

    private void Watch(ServiceTable services)
    {
        memory.Services = services;
        var wanted = services.Services.Select(s => s.Server.Pool).OfType<Pool>().Concat(services.Model.HaGroups.SelectMany(h => h.Pools).Select(p => p.Pool))
            .DistinctBy(p => p.Name).Where(p => p.Monitor is not null)
            .SelectMany(p => p.Members.Select(m => (Key: (p.Name, m.Endpoint), Monitor: p.Monitor!))).ToDictionary(w => w.Key, w => w.Monitor);
        foreach (var (key, target) in watched.Where(w => !wanted.TryGetValue(w.Key, out var monitor) || monitor != w.Value.Monitor).ToList())
        {
            _ = Stop(target);
            watched.Remove(key);
            memory.Statuses.Remove(key);
        }

        foreach (var (key, monitor) in wanted.Where(w => !watched.ContainsKey(w.Key)))
        {
            var target = new Watched(monitor, new CancellationTokenSource());
            watched.Add(key, target);
            memory.Statuses.TryAdd(key, MemberStatus.Added(time.GetUtcNow()));
            _ = ProbeAsync(key.Name, key.Endpoint, monitor, target.Stop.Token);
        }
    }

    private void Probed(MonitorMessage.Probed probed)
    {
        var key = (probed.Pool, probed.Member);
        if (!watched.TryGetValue(key, out var target)) return;
        var before = memory.Statuses[key];
        var after = before.Probed(probed.Success, target.Monitor, time.GetUtcNow());
        if (before.State != after.State)
        {
            log.LogInformation("Pool {Pool} member {Member} is {State}", probed.Pool, probed.Member, after.State);
            observer.Changed(memory.Health.With(probed.Pool, probed.Member, after.TakesConnections), probed.Pool, probed.Member, after);
        }

        // Last: told again after a failure, it is a change again.
        memory.Statuses[key] = after;
    }

    private async Task ProbeAsync(string pool, Endpoint member, Monitor monitor, CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(monitor.Interval, time);
            do
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
                patience.CancelAfter(monitor.Interval < monitor.Timeout ? monitor.Interval : monitor.Timeout);
                var success = await probes[monitor.Type].ProbeAsync(member, patience.Token);
                if (!stop.IsCancellationRequested) self.TellData(new MonitorMessage.Probed(pool, member, success));
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException)
        {
            // No longer watched.
        }
        catch (Exception failure)
        {
            log.LogError(failure, "Monitor {Monitor} of {Pool} {Member} stopped", monitor.Name, pool, member);
        }
    }

    private static async Task Stop(Watched target)
    {
        await target.Stop.CancelAsync();
        target.Stop.Dispose();
    }
}
