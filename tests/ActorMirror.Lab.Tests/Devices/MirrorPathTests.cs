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
        // A first handshake slower than the primary's head start may begin on the second network; then the channel returns by itself.
        await UsesAsync("primary", active);
        var before = (await MirrorAsync(active)).ShouldNotBeNull();
        before.Security.ShouldBe("tls");

        await site.DoAsync(new Step { Fault = FaultKind.CutMirror, Device = active.Name, Measured = false });
        await UsesAsync("secondary", active);
        await site.OpenOneAsync();
        await site.ProtectedAsync();

        await site.DoAsync(new Step { Fault = FaultKind.Heal, Device = active.Name, Measured = false });
        await UsesAsync("primary", active);
        await site.OpenOneAsync();
        await site.ProtectedAsync();

        (await MirrorAsync(active)).ShouldNotBeNull().Resyncs.ShouldBe(before.Resyncs, "nothing that was acknowledged was sent again");
        (await site.Cluster.ResolveAsync("active(tg1)")).Name.ShouldBe(active.Name);
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());
    }

    private static Task UsesAsync(string path, LabDevice active) => Site.UntilAsync(
        async () => await MirrorAsync(active) is { State: MirrorChannelState.InSync } mirror && mirror.Path == path, $"the channel of {active.Name} is in sync over the {path} path");

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
