using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.DataPlane;

/// <summary>Which virtual servers share records, and what they take for the same member; and the text of nft's listing.</summary>
public sealed class PersistenceScopeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-scope-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "one | two | three | four")]
    [InlineData("match-across-services = on", "one two | three four")]
    [InlineData("match-across-virtuals = on", "one three | two four")]
    [InlineData("match-across-services = on, match-across-virtuals = on", "one two three four")]
    public void Virtual_servers_share_records_as_their_profile_says(string matching, string expected)
    {
        var scopes = Table(matching).Scopes;
        scopes.Select(s => string.Join(' ', s.Services.Select(v => v.Server.Name).OrderBy(n => "one two three four".IndexOf(n, StringComparison.Ordinal))))
            .ShouldBe(expected.Split(" | "), ignoreOrder: true);
        scopes.ShouldAllBe(s => s.Number == s.Services.Min(v => v.Number));
    }

    [Fact]
    public void Another_traffic_group_and_another_profile_share_nothing()
    {
        var table = Table("match-across-services = on, match-across-virtuals = on",
            "persistence-profiles.other = ${actormirror.persistence-profiles.p}\nvirtual-servers { two.persistence = other, three { destination = \"10.10.0.112:80\", snat = automap, traffic-group = tg2 } }");
        table.Scopes.Select(s => string.Join(' ', s.Services.Select(v => v.Server.Name))).ShouldBe(["four one", "three", "two"], ignoreOrder: true);
        table.Scopes.Select(s => s.TrafficGroup).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void Across_services_a_member_is_its_address()
    {
        var table = Table("match-across-services = on");
        FlowMark MarkOf(string server, int member) => table.Services.Single(s => s.Server.Name == server).Members[member].Mark;

        table.IsSameMember(MarkOf("one", 0), MarkOf("two", 0)).ShouldBeTrue();
        table.IsSameMember(MarkOf("one", 0), MarkOf("two", 1)).ShouldBeFalse();
        table.IsSameMember(MarkOf("one", 0), new FlowMark(MarkOf("one", 0).Value | FlowMark.Closing)).ShouldBeTrue();
        Table("").IsSameMember(MarkOf("one", 0), MarkOf("one", 1)).ShouldBeFalse();
    }

    [Fact]
    public void Devices_that_share_records_otherwise_do_not_mirror_each_other() =>
        Table("match-across-services = on").Digest.ShouldNotBe(Table("").Digest);

    [Fact]
    public void A_listing_is_read_with_its_times()
    {
        const string Listing = """
            table ip actormirror {
            	map persist_7 {
            		type ipv4_addr : mark
            		size 65536
            		flags dynamic,timeout
            		timeout 10s
            		elements = { 10.0.0.0 timeout 7d expires 6d23h59m59s996ms : 0xa0407004, 10.0.1.0 expires 9s : 0xa0407002,
            			     2001:db8::1 timeout 604800s expires 40ms : 0xa0407002 }
            	}
            }
            """;
        PersistenceListing.Parse(Listing).ShouldBe(
        [
            new(Address.Parse("10.0.0.0"), new FlowMark(0xa0407004), TimeSpan.FromDays(7), TimeSpan.FromDays(7) - TimeSpan.FromMilliseconds(4)),
            new(Address.Parse("10.0.1.0"), new FlowMark(0xa0407002), null, TimeSpan.FromSeconds(9)),
            new(Address.Parse("2001:db8::1"), new FlowMark(0xa0407002), TimeSpan.FromDays(7), TimeSpan.FromMilliseconds(40)),
        ]);
        PersistenceListing.Parse("table ip actormirror {\n\tmap persist_7 {\n\t\ttype ipv4_addr : mark\n\t\ttimeout 10s\n\t}\n}\n").ShouldBeEmpty();
    }

    private ServiceTable Table(string matching, string change = "")
    {
        var file = Path.Combine(_folder, "device.conf");
        File.WriteAllText(file, $$"""
            include file("{{Repository.Path("hocon", "three-devices.conf")}}")
            actormirror {
              pools.secure.members = [{ address = "10.20.0.11:5443" }, { address = "10.20.0.12:5443" }]
              persistence-profiles.p { type = source-address, {{matching}} }
              virtual-servers {
                one { destination = "10.10.0.110:80", vlan = external, pool = web, persistence = p, traffic-group = tg1 }
                two { destination = "10.10.0.110:443", vlan = external, pool = secure, persistence = p, traffic-group = tg1 }
                three { destination = "10.10.0.111:80", vlan = external, pool = web, persistence = p, traffic-group = tg1 }
                four { destination = "10.10.0.111:443", vlan = external, pool = secure, persistence = p, traffic-group = tg1 }
              }
              {{change}}
            }
            """);
        return ServiceTables.Load(file);
    }
}
