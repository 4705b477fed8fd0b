using ActorMirror.Lab.Faults;
using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Tests.Scenarios;

/// <summary>What is not the daemon's is after start, failover and clean stop as it was before (law 2).</summary>
public sealed class ForeignObjectTests
{
    /// <summary>
    /// Tables of every family the daemon could meet, entries with marks that are not ours, an address in a client's subnet, a route, and
    /// settings as hardened machines have them: writing ip_forward would change two of these behind one's back.
    /// </summary>
    private const string MakeForeign = """
        nft -f - <<'X'
        table ip foreign {
          set s { type ipv4_addr; flags timeout; elements = { 192.0.2.1 }; }
          map m { type ipv4_addr : mark; elements = { 192.0.2.2 : 0x7 }; }
          chain c { type filter hook input priority 0; policy accept; ct state established counter accept; ip saddr @s drop; }
        }
        table inet foreign {
          chain c { type filter hook forward priority 10; policy accept; ip saddr 192.0.2.3 counter drop; }
        }
        table arp foreign {
          chain c { type filter hook input priority 10; policy accept; arp saddr ip 192.0.2.4 drop; }
        }
        X
        for i in 1 2 3; do
          conntrack -I -p udp -s 192.0.2.1$i -d 192.0.2.99 --sport 1000 --dport 53 -t 3600 -m 0x1234567$i -u SEEN_REPLY
          conntrack -I -p tcp -s 192.0.2.2$i -d 192.0.2.99 --sport 1000 --dport 22 -t 3600 --state ESTABLISHED -u SEEN_REPLY,ASSURED
        done
        ip addr add 198.51.100.1/32 dev lo
        ip route add blackhole 203.0.113.0/24
        sysctl -qw net.ipv4.conf.all.accept_redirects=0 net.ipv4.conf.lo.forwarding=1 net.ipv4.conf.all.rp_filter=2 net.netfilter.nf_conntrack_tcp_timeout_established=7777
        """;

    // Time-outs run and counters count. In a namespace of their own the VLANs' interfaces are elsewhere afterwards.
    private const string Dump = """
        nft -s list ruleset
        conntrack -L -o extended 2>/dev/null | grep 'src=192\.0\.2\.' | sed -E 's/^(\S+ +[0-9]+ +\S+ +[0-9]+ )[0-9]+/\1/' | sort
        ip -4 -o addr show | sed -E 's/^[0-9]+: //' | grep -vE "$MOVED" | sort
        ip -4 route show table all | grep -vE "$MOVED" | sort
        ip -4 rule
        sysctl -a 2>/dev/null | grep -E '^net\.(ipv4|netfilter)\.' | grep -vE "nf_conntrack_count|$SETTINGS" | sort
        """;

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    [PrivilegedFact]
    public async Task A_data_plane_of_its_own_leaves_the_host_and_what_others_put_beside_it_alone()
    {
        await using var site = await Site.BuildAsync();
        string[] places = [.. Devices(site.Network.Host), .. Devices(site.Network.DataPlane)];
        await SetUpAsync(places);

        await StartFailOverStopAsync(site, DataPlaneHome.Own, places);
    }

    [PrivilegedFact]
    public async Task A_data_plane_in_the_hosts_namespace_leaves_the_host_alone_and_its_sessions_alive()
    {
        await using var site = await Site.BuildAsync(s => s with
        {
            DataPlane = DataPlaneHome.Host,
            Devices = s.Devices.SetItem("a", WithAddress(s.Devices["a"], "10.10.0.51/24")).SetItem("b", WithAddress(s.Devices["b"], "10.10.0.52/24")),
            Servers = s.Servers.Add("session-a", new ServerSection { Host = "a", Tcp = [2222] }).Add("session-b", new ServerSection { Host = "b", Tcp = [2222] }),
        });
        string[] places = [.. Devices(site.Network.Host)];
        await SetUpAsync(places);
        await OpenSessionsAsync(site, "before");

        await StartFailOverStopAsync(site, DataPlaneHome.Host, places);

        (await site.LostAsync()).ShouldBeEmpty(site.ToString());
    }

    private static async Task StartFailOverStopAsync(Site site, DataPlaneHome home, string[] places)
    {
        var before = await DumpAsync(home, places);
        await site.StartAsync("a", "b");
        await site.OpenAsync(tcp: 10, udp: 0, mustSurvive: false);
        if (home == DataPlaneHome.Host)
        {
            await OpenSessionsAsync(site, "during");
            await site.WatchAsync();
        }

        await site.DoAsync(new Step { Fault = FaultKind.ForceStandby, TrafficGroup = "tg1", Measured = false });
        await site.ProtectedAsync();
        await site.DoAsync(new Step { Fault = FaultKind.KillDaemon, Device = "active(tg1)", Measured = false });
        await site.DoAsync(new Step { WaitUntil = Condition.Ready });
        foreach (var device in (string[])["a", "b"]) await site.Cluster[device].StopAsync(StopPatience);

        var after = await DumpAsync(home, places);
        foreach (var place in places) Difference(before[place], after[place]).ShouldBeEmpty($"{place}: - before, + after");
    }

    private static IEnumerable<string> Difference(string before, string after)
    {
        var (was, @is) = (before.Split('\n'), after.Split('\n'));
        return [.. was.Except(@is).Select(line => $"- {line}"), .. @is.Except(was).Select(line => $"+ {line}")];
    }

    private static IEnumerable<string> Devices(Func<string, string> place) => ((string[])["a", "b"]).Select(place);

    private static HostSection WithAddress(HostSection device, string address) =>
        device with { Links = device.Links.SetItem("ext", device.Links["ext"] with { Address = address }) };

    private static async Task SetUpAsync(string[] places)
    {
        foreach (var place in places) await InAsync(place, MakeForeign);
    }

    /// <summary>As an operator's SSH: to an address of the device's own, on the interface the virtual servers are on.</summary>
    private static async Task OpenSessionsAsync(Site site, string name)
    {
        foreach (var (device, address) in ((string, string)[])[("a", "10.10.0.51"), ("b", "10.10.0.52")])
            await site.Client.OpenAsync(new FlowSpec { Name = $"{name}-{device}", Protocol = FlowProtocol.Tcp, Target = $"{address}:2222", Count = 2, IntervalMs = 50 });
        await site.DoAsync(new Step { WaitUntil = Condition.Flowing });
    }

    private static async Task<Dictionary<string, string>> DumpAsync(DataPlaneHome home, string[] places)
    {
        Dictionary<string, string> dumps = [];
        foreach (var place in places)
        {
            // Of a data plane's own namespace the settings and the VLANs' interfaces are the daemon's.
            var own = home == DataPlaneHome.Own;
            var inside = own && place.EndsWith("-dp");
            var variables = $"MOVED='{(own ? "(^|dev )(ext|int) " : "^$")}'\nSETTINGS='{(inside ? "^net" : own ? @"\.(ext|int)\." : "^$")}'\n";
            dumps[place] = await InAsync(place, variables + Dump);
        }

        return dumps;
    }

    private static Task<string> InAsync(string place, string script) => Shell.RequireAsync("ip", ["netns", "exec", place, "sh", "-ec", script]);
}
