using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Runs;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Tests.Networks;

/// <summary>The laboratory proven without a device: a box that translates by a hand-made ruleset.</summary>
public sealed class TranslatedTrafficTests : IAsyncLifetime
{
    private const string Ruleset = """
        table ip lab {
          chain pre {
            type nat hook prerouting priority dstnat; policy accept;
            ip daddr 10.10.0.100 dnat to 10.20.0.11
          }
        }
        """;

    private static readonly HostPlan Box = new("box", [new("ext", "external", "10.10.0.1/24"), new("int", "internal", "10.20.0.254/24")]);

    private static readonly NetworkPlan Plan = new(
    [
        new("client", [new("eth0", "external", "10.10.0.10/24")]),
        Box,
        new("server", [new("eth0", "internal", "10.20.0.11/24")], Gateway: "10.20.0.254"),
    ]);

    private readonly Run _run = Run.Begin();
    private readonly LabNetwork _network;

    public TranslatedTrafficTests() => _network = new LabNetwork(_run, Plan);

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess) return;
        await _network.BuildAsync(CancellationToken.None);
        await InBoxAsync("sysctl", "-qw", "net.ipv4.ip_forward=1");
        await InBoxAsync("ip", "addr", "add", "10.10.0.100/32", "dev", "ext");
        await Shell.RequireAsync("ip", ["netns", "exec", _network.Host("box"), "nft", "-f", "-"], Ruleset);
    }

    public Task DisposeAsync() => Cleaner.CleanAsync(_run);

    [PrivilegedFact]
    public async Task A_cut_shows_as_a_gap_and_not_as_loss()
    {
        using var server = await TrafficDriver.StartServerAsync(_run, _network.Host("server"), "server", [5000], [5000], ["0.0.0.0"], null, CancellationToken.None);
        using var client = TrafficDriver.Start(_run, _network.Host("client"), "client", null);
        await OpenAsync(client, count: 40, FlowProtocol.Tcp);
        await OpenAsync(client, count: 10, FlowProtocol.Udp);
        await UntilAsync(client, p => p.Open == 50);
        await client.CheckpointAsync();

        await client.BeginWindowAsync();
        await UntilOldAsync(client);
        var cut = Monotonic.Now;
        await _network.CutAsync([("box", Box.Links[0])]);
        await client.FaultAsync(cut);
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await _network.HealAsync([("box", Box.Links[0])]);
        await client.CheckpointAsync();
        await UntilAsync(client, p => p.Moving == 50);
        var report = await client.ReportAsync();

        report.ShouldAllBe(f => f.Eligible && f.Survived && f.BytesLost == 0);

        // Not of UDP: what waited in the router's neighbour queue during the cut is sent beside what comes after it, from the other core.
        report.Where(f => f.Protocol == FlowProtocol.Tcp).ShouldAllBe(f => f.Reordered == 0);
        report.ShouldAllBe(f => f.GapMs >= 500);
        report.Where(f => f.Protocol == FlowProtocol.Udp).ShouldAllBe(f => f.Lost > 0 && f.Lost < f.Sent);
    }

    [PrivilegedFact]
    public async Task A_reset_connection_is_lost_with_its_reason()
    {
        var server = await TrafficDriver.StartServerAsync(_run, _network.Host("server"), "server", [5000], [], ["0.0.0.0"], null, CancellationToken.None);
        using var client = TrafficDriver.Start(_run, _network.Host("client"), "client", null);
        await OpenAsync(client, count: 5, FlowProtocol.Tcp);
        await UntilAsync(client, p => p.Open == 5);
        await UntilOldAsync(client);

        await client.BeginWindowAsync();
        var fault = Monotonic.Now;
        server.Identity.Send(Signal.Kill);
        await client.FaultAsync(fault);
        await UntilAsync(client, p => p.EligibleEnded == 5);
        var report = await client.ReportAsync();

        report.ShouldAllBe(f => f.Eligible && !f.Survived && (f.Reason == "Reset" || f.Reason == "EndOfStream"));
        server.Dispose();
    }

    private static Task OpenAsync(TrafficDriver client, int count, FlowProtocol protocol) => client.OpenAsync(new FlowSpec
    {
        Name = protocol.ToString(),
        Protocol = protocol,
        Target = "10.10.0.100:5000",
        Count = count,
        IntervalMs = 20,
    });

    private Task<string> InBoxAsync(params string[] command) => Shell.RequireAsync("ip", ["netns", "exec", _network.Host("box"), .. command]);

    /// <summary>Until the youngest connection is old enough to be asked to survive.</summary>
    private static async Task UntilOldAsync(TrafficDriver client)
    {
        while ((await client.ConnectionsAsync()).Min(c => c.AgeMs) < 200) await Task.Delay(20);
    }

    private static async Task UntilAsync(TrafficDriver client, Func<TrafficProgress, bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var progress = await client.ProgressAsync(); !condition(progress); progress = await client.ProgressAsync())
        {
            if (patience.IsCancellationRequested) throw new TimeoutException(progress.ToString());
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
