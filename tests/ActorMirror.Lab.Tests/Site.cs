using System.Collections.Immutable;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Tests;

/// <summary>The network of the scenarios with some of its devices, for tests that take their own steps.</summary>
internal sealed class Site : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioRunner _runner;
    private readonly StringWriter _progress;
    private int _extra;

    private Site(ScenarioRunner runner, StringWriter progress) => (_runner, _progress) = (runner, progress);

    public LabCluster Cluster => _runner.Cluster;

    public LabNetwork Network => _runner.Network;

    public TrafficDriver Client => _runner.Client;

    /// <summary>What was done so far, for a message.</summary>
    public override string ToString() => _progress.ToString();

    /// <param name="change">Of failover.conf, whose network and servers it is built on.</param>
    public static async Task<Site> BuildAsync(Func<Scenario, Scenario>? change = null)
    {
        var scenario = ScenarioReader.Read(Clone.Path("hocon", "scenarios", "failover.conf"));
        var progress = new StringWriter();
        return new Site(await ScenarioRunner.OpenAsync(change?.Invoke(scenario) ?? scenario, new PlainView(progress), CancellationToken.None), progress);
    }

    public async Task StartAsync(params string[] devices)
    {
        await DoAsync(new Step { Start = [.. devices] });
        await DoAsync(new Step { WaitUntil = Condition.Ready });
    }

    public Task DoAsync(Step step) => _runner.StepAsync(step, CancellationToken.None);

    public Task ProtectedAsync() => DoAsync(new Step { WaitUntil = Condition.Protected });

    /// <summary>Opens flows to tg1 and waits until they are protected.</summary>
    public async Task OpenAsync(int tcp, int udp, bool mustSurvive = true)
    {
        await Client.OpenAsync(Flow("tcp", FlowProtocol.Tcp, "10.10.0.100:5000", tcp) with { Mirrored = mustSurvive });
        if (udp > 0) await Client.OpenAsync(Flow("udp", FlowProtocol.Udp, "10.10.0.100:5001", udp));
        await DoAsync(new Step { WaitUntil = Condition.Flowing });
        await ProtectedAsync();
    }

    /// <summary>One more connection, besides those that are watched.</summary>
    public async Task OpenOneAsync()
    {
        await Client.OpenAsync(Flow($"extra{++_extra}", FlowProtocol.Tcp, "10.10.0.100:5000", 1));
        await DoAsync(new Step { WaitUntil = Condition.Flowing });
    }

    /// <summary>From here on every flow that is open now must live, and every byte of it.</summary>
    public async Task WatchAsync()
    {
        await Client.BeginWindowAsync();
        await UntilAsync(async () => (await Client.ConnectionsAsync()).All(c => c.AgeMs >= 200), "the flows are old enough");
        await Client.FaultAsync(Monotonic.Now);
    }

    /// <summary>Waits until every watched flow has moved data both ways, or ended.</summary>
    /// <returns>What became of those that did not.</returns>
    public async Task<ImmutableArray<string>> LostAsync()
    {
        await Client.CheckpointAsync();
        using var limit = new CancellationTokenSource(Patience);
        for (var p = await Client.ProgressAsync(); p.Moving + p.EligibleEnded < p.Eligible && !limit.IsCancellationRequested; p = await Client.ProgressAsync())
            await Task.Delay(Look, CancellationToken.None);
        var watched = (await Client.ReportAsync()).Where(f => f.Eligible).ToList();
        watched.ShouldNotBeEmpty();
        return [.. watched.Where(f => !f.Survived || f.BytesLost + f.Reordered > 0 || (f.Protocol == FlowProtocol.Tcp && f.Duplicated > 0))
            .Select(f => $"{f.Flow} {f.Local}: {f.Reason}, {f.BytesLost} bytes lost, {f.Reordered} reordered, {f.Duplicated} duplicated")];
    }

    /// <exception cref="TimeoutException">It did not come to pass.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"waited in vain until {what}");
            await Task.Delay(Look, CancellationToken.None);
        }
    }

    public ValueTask DisposeAsync() => _runner.DisposeAsync();

    private static FlowSpec Flow(string name, FlowProtocol protocol, string target, int count) => new()
    {
        Name = name,
        Protocol = protocol,
        Target = target,
        Group = "tg1",
        Count = count,
        IntervalMs = 50,
    };
}
