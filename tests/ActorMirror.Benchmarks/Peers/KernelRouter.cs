using System.Text.RegularExpressions;
using ActorMirror.Benchmarks.Sites;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Benchmarks.Peers;

/// <summary>
/// A router of the site that translates with the kernel alone. Clients of 10.10.0.128/25 go through it: servers have their way back to them over it, to all
/// others over the device.
/// </summary>
internal sealed partial class KernelRouter(Site site, string host, string externalAddress, string internalAddress)
{
    /// <summary>The first of the clients' addresses that servers reach over it.</summary>
    public const int FirstClient = 128;

    private const string Clients = "10.10.0.128/25";

    public string Namespace => site.Network.Host(host);

    public string Echo => $"{externalAddress}:5000";

    public string Sink => $"{externalAddress}:5009";

    public static KernelRouter First(Site site) => new(site, "router1", "10.10.0.110", "10.20.0.5");

    public static KernelRouter Second(Site site) => new(site, "router2", "10.10.0.110", "10.20.0.6");

    /// <summary>The very rules of a device, with addresses of this router and leases that do not end: the same translation, and nobody who listens.</summary>
    public async Task LoadRulesOfAsync(string deviceDataPlane, CancellationToken stop)
    {
        var rules = await Site.InAsync(deviceDataPlane, stop, "nft", "list", "ruleset");
        await LoadAsync(Adapted(rules, externalAddress, internalAddress), stop);
    }

    /// <summary>Rules as one writes them for conntrackd's kind of mirroring: all events, no marks, no gates.</summary>
    public Task LoadUsualRulesAsync(CancellationToken stop) => LoadAsync(
        $$"""
        table ip router {
          chain guard {
            type filter hook prerouting priority mangle; policy accept;
            ct state invalid drop
          }
          chain dispatch {
            type nat hook prerouting priority dstnat; policy accept;
            ip daddr {{externalAddress}} tcp dport 5000 dnat ip to numgen inc mod 2 map { 0 : 10.20.0.11, 1 : 10.20.0.12 }
          }
        }
        """, stop);

    /// <summary>The address clients know, and the servers' way back.</summary>
    public async Task ServeAsync(CancellationToken stop)
    {
        await Site.InAsync(Namespace, stop, "ip", "addr", "add", $"{externalAddress}/32", "dev", "ext");
        foreach (var server in (string[])["server1", "server2"])
            await Site.InAsync(site.Network.Host(server), stop, "ip", "route", "replace", Clients, "via", internalAddress);
    }

    /// <summary>What a lease is a timed element for is here for good.</summary>
    internal static string Adapted(string rules, string externalAddress, string internalAddress) =>
        Timing().Replace(rules, "").Replace("10.10.0.100", externalAddress, StringComparison.Ordinal).Replace("10.20.0.254", internalAddress, StringComparison.Ordinal);

    private async Task LoadAsync(string rules, CancellationToken stop)
    {
        foreach (var setting in (string[])
            ["net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0", "net.ipv4.conf.ext.rp_filter=0", "net.ipv4.conf.int.rp_filter=0"])
            await Site.InAsync(Namespace, stop, "sysctl", "-qw", setting);
        await Site.InAsync(Namespace, stop, "nft", "flush", "ruleset");
        (await Shell.RunAsync("ip", ["netns", "exec", Namespace, "nft", "-f", "-"], rules, stop)).Require("nft -f - with the rules of a router");

        // As on the devices, and after conntrack is there.
        foreach (var setting in (string[])
            ["net.netfilter.nf_conntrack_tcp_loose=0", "net.netfilter.nf_conntrack_tcp_be_liberal=1", "net.netfilter.nf_conntrack_events=1"])
            await Site.InAsync(Namespace, stop, "sysctl", "-qw", setting);
    }

    /// <summary>nft prints <c>element timeout 500ms expires 340ms</c>; a set's own <c>timeout 3m</c> and <c>flags timeout</c> stand on lines of their own.</summary>
    [GeneratedRegex(@"(?<=\S) timeout \w+(?= expires)| expires \w+")]
    private static partial Regex Timing();
}
