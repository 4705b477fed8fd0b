using ActorMirror.Lab.Scenarios;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Tests.Devices;

/// <summary>What operators are told before and after a failover is what happens.</summary>
public sealed class TruthTests
{
    [PrivilegedFact]
    public async Task A_rehearsal_says_what_a_failover_then_does_and_the_loss_report_says_it_afterwards()
    {
        await using var site = await Site.BuildAsync();
        await site.StartAsync("a", "b", "c");
        await site.OpenAsync(tcp: 20, udp: 5);
        var active = (await site.Cluster.ResolveAsync("active(tg1)")).Name;
        var next = (await site.Cluster.ResolveAsync("next-active(tg1)")).Name;

        var rehearsal = (await site.Cluster[active].Control.RehearseAsync("tg1")).ShouldNotBeNull();
        (rehearsal.Owned, rehearsal.Survive, rehearsal.NextActive).ShouldBe((25, 25, next));
        rehearsal.Obstacles.ShouldBeEmpty();
        rehearsal.Exposed.ShouldBeEmpty();
        rehearsal.Addresses.ShouldNotBeEmpty();
        (await site.Cluster[next].Control.RehearseAsync("tg1")).ShouldBeNull("only the active knows");

        var tuple = await AnyTupleAsync(site, active);
        var explained = (await site.Cluster[active].Control.ExplainAsync(tuple)).ShouldNotBeNull();
        explained.AtFailover.ShouldBe($"it goes on on {next}, with the same member");
        explained.CopyAgeMs.ShouldNotBeNull();
        var copy = (await site.Cluster[next].Control.ExplainAsync(tuple)).ShouldNotBeNull();
        (copy.Role, copy.Connection.Member).ShouldBe((Role.Mirror, explained.Connection.Member));

        await ToldAsync(site, next, 25);
        await site.WatchAsync();
        await site.DoAsync(new Step { Fault = FaultKind.KillDevice, Device = active, Moves = true, Measured = false });
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());

        await ReportedAsync(site, next, report =>
        {
            report.From.ShouldBe(active);
            var loss = report.Loss.ShouldNotBeNull();
            (loss.Owned, loss.Resumed).ShouldBe((25, 25));
            loss.Lost.ShouldBeEmpty();
            loss.LastWordMs.ShouldNotBeNull().ShouldBeInRange(0, 10_000);
            loss.ExposedMs.ShouldBe(0);
        });
        (await AnyTupleAsync(site, next)).ShouldNotBeNull();
        (await site.Cluster[next].Control.ExplainAsync(tuple)).ShouldNotBeNull().Connection.Member.ShouldBe(explained.Connection.Member);
    }

    [PrivilegedFact]
    public async Task Connections_are_protected_when_they_are_old_or_large_enough_and_the_others_are_lost_by_choice()
    {
        await using var site = await Site.BuildAsync(_ => ScenarioReader.Read(Clone.Path("hocon", "scenarios", "choice.conf")));
        await site.StartAsync("a", "b", "c");
        await site.DoAsync(new Step { Open = ["old", "large", "young"] });
        await site.DoAsync(new Step { WaitUntil = Condition.Flowing });
        var active = (await site.Cluster.ResolveAsync("active(tg1)")).Name;
        var next = (await site.Cluster.ResolveAsync("next-active(tg1)")).Name;
        RehearsalReport? rehearsal = null;
        await Site.UntilAsync(
            async () => (rehearsal = await site.Cluster[active].Control.RehearseAsync("tg1")) is { Owned: 17, Survive: 12 }, "old and large ones are protected");
        rehearsal!.Exposed.ShouldHaveSingleItem().Reason.ShouldBe("by-choice");
        rehearsal.Exposed[0].Examples.Select(e => e.VirtualServer).Distinct().ShouldBe(["young"]);
        rehearsal.Listeners.ShouldBe([new ExposedListener("young", "10.10.0.100:5012", 5, 0)]);

        await ToldAsync(site, next, 17);
        await site.WatchAsync();
        await site.DoAsync(new Step { Fault = FaultKind.KillDevice, Device = active, Moves = true, Measured = false });
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());
        await ReportedAsync(site, next, report =>
        {
            var loss = report.Loss.ShouldNotBeNull();
            (loss.Owned, loss.Resumed).ShouldBe((17, 12));
            loss.Lost.ShouldBe([new("by-choice", 5)]);
        });
    }

    private static async Task<string> AnyTupleAsync(Site site, string device)
    {
        var page = (await site.Cluster[device].Control.ProtectedAsync("tg1")).ShouldNotBeNull();
        var first = page.Connections.First(c => c.Protocol == "tcp" && c.State == "established");
        return $"{first.Protocol} {first.Client} -> {first.Destination}";
    }

    /// <summary>A loss report is as of the active's last word, so that has to be about all of them.</summary>
    private static Task ToldAsync(Site site, string next, int owned) => Site.UntilAsync(
        async () => (await site.Cluster[next].Control.MirrorsAsync()).Any(m => m.TrafficGroup == "tg1" && m.Direction == MirrorDirection.Incoming && m.Owned == owned),
        "the active has said how many connections it has");

    /// <summary>The journal is written behind the failover: every surviving device has the same report.</summary>
    private static async Task ReportedAsync(Site site, string to, Action<FailoverReport> check)
    {
        foreach (var device in site.Cluster.Devices.Where(d => d.IsStarted))
        {
            FailoverReport? report = null;
            await Site.UntilAsync(
                async () => (report = (await device.Control.FailoversAsync()).FirstOrDefault(f => f.TrafficGroup == "tg1" && f.To == to && f.From is not null))?.Loss is not null,
                $"{device.Name} has the report");
            check(report!);
        }
    }
}
