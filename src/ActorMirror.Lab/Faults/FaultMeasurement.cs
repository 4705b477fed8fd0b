using System.Text.Json;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Faults;

/// <summary>One fault under traffic: who was protected just before, the deed, who moved when, and what the client says of it all.</summary>
internal sealed class FaultMeasurement(LabCluster cluster, FaultInjector injector, TrafficDriver client, Step step, LabDevice device)
{
    // The devices stamp what they report: to look often would not measure better, only cost them processor time.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    // Devices that list hundreds of connections delay their traffic a little; a connection younger than this need not survive anyway.
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(100);

    // TCP's own timer doubles after each try: an outage of 1.5 s may be followed by as much silence again.
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ResetPatience = TimeSpan.FromSeconds(6);

    private readonly List<string> _problems = [];

    public async Task<FaultReport> RunAsync(Expectation expectation, CancellationToken stop)
    {
        var statuses = await cluster.StatusAsync();
        var before = LabCluster.Actives(statuses);
        var moving = before.Where(a => step.Moves && a.Value == device.Name && (step.TrafficGroup ?? a.Key) == a.Key).Select(a => a.Key).ToHashSet();
        await client.BeginWindowAsync();
        var owned = statuses.Values.SelectMany(s => s.TrafficGroups).Where(g => g.Role == Role.Active).Sum(g => g.Counts.Owned);
        var acknowledged = await AcknowledgedAsync(before);
        await Task.Delay(Calm, stop);
        await client.ListenAsync();
        var zero = await InjectAsync();
        await client.FaultAsync(zero);

        var promotions = moving.Count > 0 ? await PromotionsAsync(moving, zero, stop) : await ObserveAsync(before, stop);
        await SettleAsync(moving, stop);
        if (step.Fault == FaultKind.CutOneClusterLink && Rings(await cluster.StatusAsync()) is var rings && rings != Rings(statuses))
            _problems.Add($"the ring changed: {Rings(statuses)}, then {rings}");
        var slowest = promotions.Values.MaxBy(p => p.AtMonotonicNs);
        var decided = slowest is null ? 0 : slowest.AtMonotonicNs - (long)((slowest.WaitMs + slowest.PromotionMs) * Monotonic.Millisecond);
        var evidence = new FaultEvidence
        {
            Name = Name(step.Fault!.Value),
            Flows = await client.ReportAsync(),
            Moved = moving,
            Acknowledged = acknowledged,
            Owned = owned,
            DetectionMs = slowest is null ? null : Monotonic.Milliseconds(decided - zero),
            PromotionMs = slowest is null ? null : Monotonic.Milliseconds(slowest.AtMonotonicNs - decided),
            Problems = _problems,
        };
        return FaultReportBuilder.Build(evidence, expectation);
    }

    /// <summary>As scenario files write it.</summary>
    public static string Name<T>(T word)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString());

    private static string Rings(IReadOnlyDictionary<string, StatusReport> statuses) => string.Join(", ", statuses.Values.Select(s => s.Ring).Distinct().Order());

    private async Task<long> InjectAsync()
    {
        var started = Monotonic.Now;
        try
        {
            return await injector.InjectAsync(step, device);
        }
        catch (Exception e) when (e is CommandException or HttpRequestException or TimeoutException)
        {
            _problems.Add(e.Message);
            return started;
        }
    }

    /// <summary>What the mirrors have acknowledged, as the actives know it. Nobody else is asked: a frozen device would let the answers grow old.</summary>
    private async Task<IReadOnlySet<(FlowProtocol, string)>> AcknowledgedAsync(IReadOnlyDictionary<string, string> actives)
    {
        var pages = await Task.WhenAll(actives.Select(async a => (Group: a.Key, Device: a.Value, Page: await cluster[a.Value].Control.ProtectedAsync(a.Key))));
        _problems.AddRange(pages.Where(p => p.Page is null).Select(p => $"{p.Device} did not say which connections of {p.Group} are protected"));
        return pages.Select(p => p.Page).OfType<ConnectionPage>().SelectMany(p => p.Connections).Where(c => c.Mirrored)
            .Select(c => (c.Protocol == "udp" ? FlowProtocol.Udp : FlowProtocol.Tcp, c.Client)).ToHashSet();
    }

    /// <summary>Waits until every group is active on another device, by a promotion after the fault.</summary>
    private async Task<IReadOnlyDictionary<string, PromotionReport>> PromotionsAsync(IReadOnlySet<string> groups, long zero, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(step.Within);
        while (true)
        {
            var promotions = (await cluster.StatusAsync(except: device)).Values.SelectMany(s => s.TrafficGroups)
                .Where(g => groups.Contains(g.Name) && g.Role == Role.Active && g.LastPromotion?.AtMonotonicNs > zero)
                .ToDictionary(g => g.Name, g => g.LastPromotion!);
            if (promotions.Count == groups.Count) return promotions;
            if (patience.IsCancellationRequested)
            {
                _problems.Add($"not taken over: {string.Join(", ", groups.Except(promotions.Keys))}");
                return promotions;
            }

            await Task.Delay(Look, stop);
        }
    }

    /// <summary>Nothing is to move: watches for a while and tells what did.</summary>
    private async Task<IReadOnlyDictionary<string, PromotionReport>> ObserveAsync(IReadOnlyDictionary<string, string> before, CancellationToken stop)
    {
        await Task.Delay(step.Observe, stop);
        var after = LabCluster.Actives(await cluster.StatusAsync());
        _problems.AddRange(after.Where(a => before.TryGetValue(a.Key, out var old) && old != a.Value).Select(a => $"{a.Key} moved to {a.Value}"));
        return new Dictionary<string, PromotionReport>();
    }

    /// <summary>Waits until every eligible flow has moved data both ways or ended, and the unmirrored ones have been told.</summary>
    private async Task SettleAsync(IReadOnlySet<string> moved, CancellationToken stop)
    {
        await client.CheckpointAsync();
        await UntilAsync(p => p.Moving + p.EligibleEnded >= p.Eligible, RecoveryPatience, stop);
        await UntilAsync(p => !p.Unmirrored.Any(moved.Contains), ResetPatience, stop);
    }

    private async Task UntilAsync(Func<TrafficProgress, bool> condition, TimeSpan time, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(time);
        while (!condition(await client.ProgressAsync()) && !patience.IsCancellationRequested) await Task.Delay(Look, stop);
    }
}
