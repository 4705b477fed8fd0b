using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Tests.Devices;

/// <summary>A traffic group with four mirror channels: each carries some connections, and what concerns the group concerns all of them.</summary>
public sealed class ChannelsTests
{
    private const int Channels = 4;

    [PrivilegedFact]
    public async Task Connections_that_are_mirrored_over_four_channels_survive_a_handover_and_a_failover()
    {
        await using var site = await Site.BuildAsync(scenario => scenario with { Configuration = Clone.Path("hocon", "scenarios", "channels-devices.conf") });
        await site.StartAsync("a", "b", "c");
        await site.OpenAsync(tcp: 60, udp: 10);
        await CarryAllAsync(site);
        await site.WatchAsync();

        await site.DoAsync(new Step { Fault = FaultKind.ForceStandby, TrafficGroup = "tg1", Moves = true, Measured = false });
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());
        await site.DoAsync(new Step { WaitUntil = Condition.Ready });
        await site.ProtectedAsync();
        await CarryAllAsync(site);

        var active = await site.Cluster.ResolveAsync("active(tg1)");
        var next = await site.Cluster.ResolveAsync("next-active(tg1)");
        (await active.Control.RehearseAsync("tg1")).ShouldNotBeNull().Survive.ShouldBe(70);
        await site.WatchAsync();
        await site.DoAsync(new Step { Fault = FaultKind.KillDevice, Device = active.Name, Moves = true, Measured = false });
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());
        await Site.UntilAsync(
            async () => (await next.Control.FailoversAsync()).Any(f => f.From == active.Name && f.Loss is { Owned: 70, Resumed: 70, Lost.Count: 0 }), "the report says that nothing was lost");
    }

    /// <summary>Both ends show each channel, in sync, on ports side by side, with connections of its own.</summary>
    private static async Task CarryAllAsync(Site site)
    {
        var active = await ChannelsAsync(site, "active(tg1)", MirrorDirection.Outgoing);
        var next = await ChannelsAsync(site, "next-active(tg1)", MirrorDirection.Incoming);
        foreach (var channels in (MirrorReport[][])[active, next])
        {
            channels.Select(c => c.Channel).ShouldBe(Enumerable.Range(1, Channels));
            channels.Select(c => c.Port).ShouldBe(Enumerable.Range(active[0].Port, Channels));
            channels.ShouldAllBe(c => c.State == MirrorChannelState.InSync && c.SequenceAcked > 0);
        }
    }

    private static async Task<MirrorReport[]> ChannelsAsync(Site site, string device, MirrorDirection direction) =>
        [.. (await (await site.Cluster.ResolveAsync(device)).Control.MirrorsAsync()).Where(c => c.TrafficGroup == "tg1" && c.Direction == direction)];
}
