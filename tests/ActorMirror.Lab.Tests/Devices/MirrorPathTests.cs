using System.Collections.Immutable;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Faults;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Tests.Devices;

/// <summary>Two mirror networks: the channel changes to the second when the first is cut, and returns; by TLS, as everything in the lab.</summary>
public sealed class MirrorPathTests
{
    [PrivilegedFact]
    public async Task A_cut_mirror_network_costs_neither_a_role_nor_a_resync()
    {
        await using var site = await Site.BuildAsync(WithSecondNetwork);
        await site.StartAsync("a", "b", "c");
        await site.OpenAsync(tcp: 20, udp: 0);
        await site.WatchAsync();
        var active = await site.Cluster.ResolveAsync("active(tg1)");
        var before = (await MirrorAsync(active)).ShouldNotBeNull();
        (before.Path, before.Security, before.State).ShouldBe(("primary", "tls", MirrorChannelState.InSync));

        await site.DoAsync(new Step { Fault = FaultKind.CutMirror, Device = active.Name, Measured = false });
        await Site.UntilAsync(
            async () => await MirrorAsync(active) is { Path: "secondary", State: MirrorChannelState.InSync }, $"the channel of {active.Name} uses the second network");
        await site.OpenOneAsync();
        await site.ProtectedAsync();

        await site.DoAsync(new Step { Fault = FaultKind.Heal, Device = active.Name, Measured = false });
        await Site.UntilAsync(
            async () => await MirrorAsync(active) is { Path: "primary", State: MirrorChannelState.InSync }, $"the channel of {active.Name} is back on the first network");
        await site.OpenOneAsync();
        await site.ProtectedAsync();

        (await MirrorAsync(active)).ShouldNotBeNull().Resyncs.ShouldBe(before.Resyncs, "nothing that was acknowledged was sent again");
        (await site.Cluster.ResolveAsync("active(tg1)")).Name.ShouldBe(active.Name);
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());
    }

    private static async Task<MirrorReport?> MirrorAsync(LabDevice device) =>
        (await device.Control.StatusAsync())?.TrafficGroups.Single(g => g.Name == "tg1").Mirror;

    private static Scenario WithSecondNetwork(Scenario scenario) => scenario with
    {
        Configuration = Clone.Path("hocon", "two-mirror-networks.conf"),
        Devices = scenario.Devices.ToImmutableSortedDictionary(
            d => d.Key,
            d => d.Value with { Links = d.Value.Links.Add("mir2", new LinkSection("mirror2", d.Value.Links["mir"].Address!.Replace("10.30.", "10.31."))) }),
    };
}
