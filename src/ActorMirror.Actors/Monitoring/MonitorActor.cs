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

/// <summary>
/// Watches the pool members of every virtual server, on each device whether active or not, so that a promoted device knows who is up.
/// One loop per member of a pool with a monitor; the loops only report, the state is here.
/// </summary>
public sealed class MonitorActor(
    IActorRef<MonitorMessage> self,
    ServiceTable? watchedBefore,
    IReadOnlyDictionary<MonitorType, IMemberProbe> probes,
    IMemberHealthObserver observer,
    TimeProvider time,
    ILogger log) : Actor<MonitorMessage>
{
    private readonly Dictionary<(string Pool, Endpoint Member), Watched> watched = [];
    private MemberHealth health = MemberHealth.AllUp;

    private sealed record Watched(Monitor Monitor, CancellationTokenSource Stop)
    {
        public MemberStatus Status { get; set; }
    }

    public override ValueTask StartAsync(bool restart)
    {
        if (watchedBefore is not null) Watch(watchedBefore);
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
        var wanted = services.Services.Select(s => s.Server.Pool).DistinctBy(p => p.Name).Where(p => p.Monitor is not null)
            .SelectMany(p => p.Members.Select(m => (Key: (p.Name, m.Endpoint), Monitor: p.Monitor!))).ToDictionary(w => w.Key, w => w.Monitor);
        foreach (var (key, target) in watched.Where(w => !wanted.TryGetValue(w.Key, out var monitor) || monitor != w.Value.Monitor).ToList())
        {
            _ = Stop(target);
            watched.Remove(key);
            health = health.With(key.Pool, key.Member, up: true);
        }

        foreach (var (key, monitor) in wanted.Where(w => !watched.ContainsKey(w.Key)))
        {
            var target = new Watched(monitor, new CancellationTokenSource()) { Status = MemberStatus.Added(time.GetUtcNow()) };
            watched.Add(key, target);
            _ = ProbeAsync(key.Name, key.Endpoint, monitor, target.Stop.Token);
        }
    }

    private void Probed(MonitorMessage.Probed probed)
    {
        if (!watched.TryGetValue((probed.Pool, probed.Member), out var target)) return;
        var before = target.Status;
        target.Status = before.Probed(probed.Success, target.Monitor, time.GetUtcNow());
        if (before.State == target.Status.State) return;
        log.LogInformation("Pool {Pool} member {Member} is {State}", probed.Pool, probed.Member, target.Status.State);
        health = health.With(probed.Pool, probed.Member, target.Status.TakesConnections);
        observer.Changed(health, probed.Pool, probed.Member, target.Status);
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
