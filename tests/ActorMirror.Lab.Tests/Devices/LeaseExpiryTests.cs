using System.Text.RegularExpressions;
using ActorMirror.Lab.Processes;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Tests.Devices;

/// <summary>The lease lives in the kernel: when nobody renews it, forwarding ends, whatever becomes of the daemon's processes.</summary>
public sealed partial class LeaseExpiryTests
{
    private static readonly string[] Devices = ["a", "b"];
    private static readonly string[] Servers = ["server1", "server2"];

    // Of the flows that the client keeps sending on whether it is answered or not.
    private const string CountDatagrams = """
        table ip counting {
          chain c { type filter hook HOOK priority 0; policy accept; udp dport 5001 counter; }
        }
        """;

    [PrivilegedFact]
    public async Task Where_every_worker_stands_still_nothing_is_forwarded_until_they_go_on()
    {
        await using var site = await Site.BuildAsync();
        await site.StartAsync(Devices);
        await site.OpenAsync(tcp: 5, udp: 5);
        await site.WatchAsync();
        await CountAsync(site, "client", "output");
        foreach (var server in Servers) await CountAsync(site, server, "input");

        var workers = Devices.Select(d => site.Cluster[d].Worker!).ToList();
        foreach (var worker in workers) worker.Send(Signal.Stop);
        try
        {
            foreach (var device in Devices) await LeasesOverAsync(site, device);

            var arrived = await ArrivedAsync(site);
            var sent = await DatagramsAsync(site, "client");
            await Site.UntilAsync(async () => await DatagramsAsync(site, "client") > sent + 50, "the client has sent fifty datagrams more");
            (await ArrivedAsync(site)).ShouldBe(arrived);
        }
        finally
        {
            foreach (var worker in workers) worker.Send(Signal.Continue);
        }

        await site.ProtectedAsync();
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());
        (await ArrivedAsync(site)).ShouldBeGreaterThan(0);
    }

    /// <summary>Nobody is left on the device who could fence it: its kernel does.</summary>
    [PrivilegedFact]
    public async Task A_frozen_worker_without_a_supervisor_loses_its_gates_and_its_connections_go_on_elsewhere()
    {
        await using var site = await Site.BuildAsync();
        await site.StartAsync("a", "b", "c");
        await site.OpenAsync(tcp: 10, udp: 5);
        await site.WatchAsync();
        var active = await site.Cluster.ResolveAsync("active(tg1)");

        active.Worker!.Send(Signal.Stop);
        active.Supervisor!.Send(Signal.Kill);
        active.MarkStopped();

        await LeasesOverAsync(site, active.Name);
        active.Worker!.IsAlive.ShouldBeTrue("or its death could have shut the gate");
        await Site.UntilAsync(
            async () => (await site.Cluster.StatusAsync()).Values.SelectMany(s => s.TrafficGroups).Any(g => g.Name == "tg1" && g.Role == Role.Active),
            $"tg1 has left {active.Name}");
        (await site.LostAsync()).ShouldBeEmpty(site.ToString());
    }

    /// <summary>Both sets, of packets and of ARP, are empty: their elements have timed out.</summary>
    private static Task LeasesOverAsync(Site site, string device) => Site.UntilAsync(async () =>
    {
        var place = site.Network.DataPlane(device);
        var ip = await InAsync(place, "nft list set ip actormirror lease");
        var arp = await InAsync(place, "nft list set arp actormirror lease");
        return !ip.Contains("elements") && !arp.Contains("elements");
    }, $"the leases of {device} are over");

    private static Task CountAsync(Site site, string host, string hook) =>
        Shell.RequireAsync("ip", ["netns", "exec", site.Network.Host(host), "nft", "-f", "-"], CountDatagrams.Replace("HOOK", hook));

    private static async Task<long> ArrivedAsync(Site site)
    {
        long sum = 0;
        foreach (var server in Servers) sum += await DatagramsAsync(site, server);
        return sum;
    }

    private static async Task<long> DatagramsAsync(Site site, string host) =>
        long.Parse(Packets().Match(await InAsync(site.Network.Host(host), "nft list table ip counting")).Groups[1].Value);

    private static Task<string> InAsync(string place, string command) => Shell.RequireAsync("ip", ["netns", "exec", place, "sh", "-ec", command]);

    [GeneratedRegex(@"counter packets (\d+)")]
    private static partial Regex Packets();
}
