using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ActorMirror.Configuration;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;
using ActorMirror.Kernel.Probes;
using ActorMirror.Tests.Support;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>nftables takes every shape that a configuration can give the ruleset.</summary>
public sealed partial class RulesetShapeTests
{
    private const int ManyServers = 200;

    [NamespaceFact]
    public void Every_shape_loads()
    {
        using var thread = NamespaceThread.Enter(null);
        using var nft = NftablesContext.Open(thread);
        foreach (var text in AllConfigurations())
        {
            var (model, problems) = ConfigurationLoader.Parse(Encoding.UTF8.GetBytes(text), "shape.conf");
            var table = ServiceTables.Of(model.ShouldNotBeNull(string.Join('\n', problems)));
            foreach (var health in Healths(table)) Load(nft, table, health);
        }

        nft.Run(Ruleset.Removal);
        nft.QueryText("list ruleset").ShouldBeEmpty();
    }

    /// <summary>A start is refused for what the ruleset cannot do without: so the probe must try it.</summary>
    [Fact]
    public void Every_word_of_it_is_tried_by_the_probe_of_the_kernel()
    {
        var words = AllConfigurations().Select(text => ConfigurationLoader.Parse(Encoding.UTF8.GetBytes(text), "shape.conf").Model!)
            .SelectMany(model => Words(Ruleset.Whole(ServiceTables.Of(model), MemberHealth.AllUp))).Distinct();
        words.Except(Words(KernelProbe.Ruleset(KernelProbe.V4) + KernelProbe.Ruleset(KernelProbe.V6) + KernelProbe.ArpRuleset + KernelProbe.LabelRuleset + KernelProbe.FtpRuleset)).ShouldBeEmpty();
    }

    /// <summary>nft's own words: names, numbers and what only replaces an earlier table are none.</summary>
    private static IEnumerable<string> Words(string ruleset)
    {
        var lines = ruleset.Split('\n').Where(line => !line.StartsWith("add ", StringComparison.Ordinal) && !line.StartsWith("delete ", StringComparison.Ordinal));
        return Word().Matches(Name().Replace(string.Join('\n', lines), " ")).Select(match => match.Value).Distinct();
    }

    [GeneratedRegex("""^\s*(table \w+|chain|set|map) \w+|(goto|jump) \w+|@\w+|"[^"]*"|0x[0-9a-f]+|[0-9a-f]+:[0-9a-f:]+""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("[a-z][a-z0-9_-]*", RegexOptions.None, 1000)]
    private static partial Regex Word();

    /// <summary>In the order of a device's life: tables without a service, the whole, changes, and the whole again in the place of the old one.</summary>
    private static void Load(NftablesContext nft, ServiceTable table, MemberHealth health)
    {
        nft.Run(Ruleset.Empty(table.Model.DataPlane));
        nft.Run(Ruleset.Whole(table, health));
        foreach (var service in table.Services.Take(3))
        {
            foreach (var other in Healths(table)) nft.Run(Ruleset.Reselect(service, other));
        }

        foreach (var group in table.Groups.Values)
        {
            nft.Run(Ruleset.Gate(group, closed: false));
            nft.Run(Ruleset.Gate(group, closed: true));
            nft.Run(Ruleset.Gate(group, closed: true));
            nft.Run(Ruleset.Gate(group, closed: false));
        }

        nft.Run(Ruleset.Whole(table, health));
    }

    private static IEnumerable<MemberHealth> Healths(ServiceTable table)
    {
        yield return MemberHealth.AllUp;
        var members = table.Model.Pools.SelectMany(p => p.Members.Select(m => (p.Name, m.Endpoint))).ToList();
        if (members.Count == 0) yield break;
        yield return MemberHealth.AllUp.With(members[0].Name, members[0].Endpoint, up: false);
        yield return members.Aggregate(MemberHealth.AllUp, (health, m) => health.With(m.Name, m.Endpoint, up: false));
    }

    /// <summary>Of both families.</summary>
    private static IEnumerable<string> AllConfigurations() => [.. Configurations(), .. Configurations().Select(text => Addresses()
        .Replace(text, m => m.Groups["port"].Length > 0 ? $"[2001:db8:{m.Groups["net"]}::{m.Groups["host"]}]{m.Groups["port"]}" : $"2001:db8:{m.Groups["net"]}::{m.Groups["host"]}")
        .Replace("\"0.0.0.0/0:", "\"[::]/0:").Replace("/16", "/64").Replace("/24", "/64"))];

    [GeneratedRegex(@"10\.(?<net>\d)\.\d\.(?<host>\d+)(?<port>(/\d+)?:(\d+|\*))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Addresses();

    private static IEnumerable<string> Configurations() =>
        from place in (string[])["own", "host"]
        from unknown in (string[])["reset", "drop"]
        from servers in (string[])["", Servers("none"), Servers("automap"), Servers("none") + Shared, Many(), Outward, Networks, $"{Servers("none")}\n{Networks}\n{Outward}", Returning]
        select $$"""
            actormirror {
              device = a
              devices { a { id = 1, management = "10.99.0.1", mirror = "10.99.0.1" } }
              device-group { name = alone, members = [a] }
              cluster.engine = standalone
              data-plane { namespace = {{place}}, on-unknown = {{unknown}} }
              vlans { external { interface = external }, internal { interface = internal } }
              self-ips {
                ext-a { address = "10.1.0.1/16", vlan = external, device = a }
                int-a { address = "10.2.0.1/24", vlan = internal, device = a }
                float { address = "10.2.0.254/24", vlan = internal, traffic-group = tg1 }
                float-2 { address = "10.2.0.253/24", vlan = internal, traffic-group = tg2 }
              }
              traffic-groups { tg1 { ha-order = [a] }, tg2 { ha-order = [a] } }
              pools {
                web { members = [{ address = "10.2.0.11:80", ratio = 3 }, { address = "10.2.0.12:80" }], load-balancing = ratio }
                one { members = [{ address = "10.2.0.13:80" }] }
              }
              {{servers}}
            }
            """;

    private static string Servers(string snat) => $$"""
          virtual-addresses { quiet { address = "10.1.0.101", traffic-group = tg1, icmp-echo = off } }
          virtual-servers {
            web { destination = "10.1.0.100:80", pool = web, snat = {{snat}}, traffic-group = tg1 }
            dns { destination = "10.1.0.100:53", vlans = {{(snat == "automap" ? "[external, internal]" : "[external]")}}, protocol = udp, pool = web, snat = {{snat}}, traffic-group = tg1 }
            files { destination = "10.1.0.101:21", vlan = external, pool = one, profile = ftp, snat = {{snat}}, mirror = on, traffic-group = tg1 }
            one { destination = "10.1.0.101:80", vlan = external, pool = one, snat = {{snat}}, mirror { after-bytes = 1 MiB }, traffic-group = tg1 }
          }
          """;

    private const string Shared = """

          virtual-servers { other { destination = "10.1.0.102:80", vlan = external, pool = web, snat = automap, traffic-group = tg2 } }
          """;

    private const string Outward = """
          snats {
            all { origins = ["10.2.0.0/24"], vlans = [internal], translation = automap, traffic-group = tg1 }
            some { origins = ["10.2.0.16", "10.2.0.13"], translation = pool out, mirror { after-age = 30s, after-bytes = 1 MB }, traffic-group = tg1 }
            one { origins = ["10.2.0.11"], translation = "10.1.0.150", traffic-group = tg1 }
            external { origins = ["10.1.0.0/24"], vlans = [external], translation = "10.2.0.254", traffic-group = tg1 }
          }
          snat-pools { out { members = ["10.1.0.151", "10.1.0.152", "10.1.0.254"] } }
          virtual-servers { web { destination = "10.1.0.100:80", pool = web, snat = pool out, traffic-group = tg1 } }
          """;

    private const string Networks = """

          virtual-servers {
            everywhere { destination = "0.0.0.0/0:*", vlans = [internal], protocol = any, type = forwarding, snat = automap, mirror = on, traffic-group = tg1 }
            inward { destination = "10.2.0.0/24:*", vlan = external, protocol = any, type = forwarding, traffic-group = tg1 }
            inside { destination = "10.2.0.0/24:443", vlan = external, protocol = any, pool = web, traffic-group = tg1 }
            some { destination = "10.2.0.13:*", type = forwarding, snat = pool two, traffic-group = tg1 }
            proxied { destination = "0.0.0.0/0:80", vlan = external, pool = one, snat = automap, traffic-group = tg1 }
            every-port { destination = "10.1.0.110:*", vlan = external, protocol = any, pool = web, snat = automap, traffic-group = tg1 }
          }
          snat-pools { two { members = ["10.1.0.161", "10.1.0.162"] } }
          """;

    private const string Returning = """

          persistence-profiles {
            client { type = source-address }
            server { type = source-address, match-across-services = on, match-across-virtuals = on, mask-v4 = 25, mask-v6 = 57 }
            asked { type = destination-address }
            spread { type = hash, algorithm = carp }
            whole { type = hash, fields = [source-address, source-port, destination-address, destination-port] }
            port { type = hash, fields = [source-port] }
          }
          virtual-servers {
            client { destination = "10.1.0.100:80", vlan = external, pool = web, snat = automap, persistence = client, traffic-group = tg1 }
            server { destination = "10.1.0.100:81", vlan = external, pool = web, snat = automap, persistence = server, traffic-group = tg1 }
            server-any { destination = "10.1.0.101:81", vlan = external, protocol = any, pool = web, snat = automap, persistence = server, traffic-group = tg1 }
            every-port { destination = "10.1.0.110:*", vlan = external, protocol = any, pool = web, snat = automap, persistence = client, traffic-group = tg1 }
            asked { destination = "10.2.0.0/24:443", vlan = external, pool = web, snat = automap, persistence = asked, traffic-group = tg1 }
            spread { destination = "10.1.0.100:82", vlan = external, pool = web, snat = automap, persistence = spread, traffic-group = tg1 }
            whole { destination = "10.1.0.100:83", vlan = external, protocol = any, pool = web, snat = automap, persistence = whole, traffic-group = tg1 }
            port { destination = "10.1.0.100:84", vlan = external, pool = web, snat = automap, persistence = port, traffic-group = tg1 }
          }
          """;

    private static string Many()
    {
        var servers = Enumerable.Range(1, ManyServers).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"v{i} {{ destination = \"10.1.1.{i + 20}:8000\", vlan = external, pool = web, snat = {(i % 2 == 0 ? "none" : "automap")}, traffic-group = tg1 }}"));
        return $"virtual-servers {{ {string.Join('\n', servers)} }}";
    }
}
