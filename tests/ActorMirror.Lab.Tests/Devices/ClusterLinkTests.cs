using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Faults;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Tests.Devices;

/// <summary>Two cluster links: the ring lives on either of them, and ends with the second.</summary>
public sealed class ClusterLinkTests
{
    [PrivilegedFact]
    public async Task The_loss_of_one_cluster_link_changes_nothing_and_that_of_both_moves_the_group()
    {
        await using var site = await Site.BuildAsync();
        await site.StartAsync("a", "b", "c");
        await site.OpenAsync(tcp: 10, udp: 0);
        await site.WatchAsync();
        var active = await site.Cluster.ResolveAsync("active(tg1)");
        var before = await PictureAsync(site);
        (await DisconnectedAsync(active)).ShouldBe([]);

        await CutAsync(site, FaultKind.CutOneClusterLink, active);
        await Site.UntilAsync(async () => (await DisconnectedAsync(active)) is ["0", "0"], "corosync misses both peers on the first link, and only there");
        await site.ProtectedAsync();

        (await PictureAsync(site)).ShouldBe(before, "no view, no epoch has changed");
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());

        await CutAsync(site, FaultKind.CutMirror, active);
        await Site.UntilAsync(
            async () => (await site.Cluster.StatusAsync(except: active)).Values.SelectMany(s => s.TrafficGroups).Any(g => g.Name == "tg1" && g.Role == Role.Active),
            $"tg1 has left {active.Name}");
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());
    }

    private static Task CutAsync(Site site, FaultKind fault, LabDevice device) => site.DoAsync(new Step { Fault = fault, Device = device.Name, Measured = false });

    /// <summary>Of each device: its ring, and who is active for what in which epoch.</summary>
    private static async Task<IEnumerable<string>> PictureAsync(Site site) =>
        [.. (await site.Cluster.StatusAsync()).OrderBy(s => s.Key).Select(s =>
            $"{s.Key} in ring {s.Value.Ring}: {string.Join(", ", s.Value.TrafficGroups.Select(g => $"{g.Name} {g.Role} {g.Active} {g.Epoch}"))}")];

    /// <summary>Numbers of the links, one for each peer that corosync does not reach by it.</summary>
    private static async Task<string[]> DisconnectedAsync(LabDevice device)
    {
        var text = await Shell.RequireAsync("nsenter", ["-t", $"{device.Supervisor!.Id}", "-n", "-m", "corosync-cfgtool", "-s"]);
        return [.. text.Split("LINK ID ").Skip(1).SelectMany(link => link.Split('\n').Where(line => line.Contains("disconnected")).Select(_ => link.Split(' ')[0]))];
    }
}
