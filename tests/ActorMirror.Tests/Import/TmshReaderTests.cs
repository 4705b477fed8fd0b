using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Tests.Import;

/// <summary>What has made readers of bigip.conf stumble, and where reading goes on after a stanza that cannot be read.</summary>
public sealed class TmshReaderTests
{
    private const string After = "ltm pool /Common/after { }\n";

    [Theory]
    [InlineData("ltm data-group internal /Common/x {\n    records {\n        end {\n            data }\n        }\n        start {\n            data {\n        }\n    }\n}\n")]
    [InlineData("ltm data-group internal /Common/x {\n    records {\n        \"\\\\{\" {\n            data \"{\"\n        }\n    }\n}\n")]
    [InlineData("ltm rule /Common/x {\nwhen A {\n    {log local0. \"}\" }\n}\n}\n")]
    [InlineData("ltm rule /Common/x {\n    # an unbalanced { in a comment\n    set a \"and } in a string\"\n}\n")]
    [InlineData("ltm rule /Common/x {\nwhen A {\n}\nwhen B {\n}\n}\n")]
    [InlineData("ltm rule /Common/x { }\n")]
    [InlineData("cli script /Common/x {\nproc run {} {\n    tmsh::create ltm pool p \\{ \\}\n}\n}\n")]
    [InlineData("sys syslog {\n    include \"\ntemplate t {\n}\n};\nltm pool x {\n \\\"quoted\\\"\n\"\n}\n")]
    [InlineData("sys crypto cert-order-manager /Common/x {\n    order-info \"{\n        a 1\n    }\"\n}\n")]
    [InlineData("ltm policy /Common/x {\n    rules { a\n        b }\n}\n")]
    [InlineData("cm device /Common/x {\n    unicast-address {\n        {\n            ip 10.0.0.1\n        }\n    }\n}\n")]
    [InlineData("ltm pool \"/Common/with blank\" {\r\n    description it's\r\n}\r\n")]
    [InlineData("ltm node /Common/x {\n    description \"brace } and \\\" quote\"\n    # } a comment\n}\n")]
    [InlineData("ltm virtual /Common/x {\n    # only a comment\n\n    pool a\\ b\n}\n")]
    [InlineData("gtm topology ldns: subnet 10.0.0.0/8 server: datacenter /Common/x {\n    order 1\n}\n")]
    public void A_stanza_is_read_to_its_end_and_no_further(string stanza)
    {
        var read = Read(stanza + After);
        read.Unreadable.ShouldBeEmpty();
        read.Stanzas.Select(s => s.Name).Last().ShouldBe("/Common/after");
        read.Stanzas.Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("ltm pool /Common/x {\n    members {\n}\n", 1, "closing brace")]
    [InlineData("ltm rule /Common/x {\nwhen A {\n    code\n", 1, "closing brace")]
    [InlineData("ltm node /Common/x {\n    description \"never ended\n}\n", 1, "closing quote")]
    [InlineData("ltm pool /Common/x { members { /Common/a:80 { address 10.0.0.1 } } }\n", 1, "one-line")]
    [InlineData("ltm pool /Common/x { } }\n", 1, "same line")]
    [InlineData("\n\ncreate ltm pool /Common/x members add { a }\n", 3, "tmsh command")]
    [InlineData("!\nrouter bgp 1\n", 1, "outside")]
    [InlineData("}\n", 1, "outside")]
    public void What_cannot_be_read_is_named_and_the_next_stanza_is_read(string text, int line, string because)
    {
        var read = Read(text + After);
        var bad = read.Unreadable.ShouldHaveSingleItem();
        (bad.Place.Line, bad.Reason.Contains(because)).ShouldBe((line, true), bad.Reason);
        read.Stanzas.ShouldHaveSingleItem().Name.ShouldBe("/Common/after");
    }

    [Fact]
    public void Lines_that_are_not_read_are_counted_to_the_next_stanza()
    {
        var bad = Read("# c\nltm pool /Common/x {\n a {\n b\n" + After).Unreadable.ShouldHaveSingleItem();
        (bad.Place.Line, bad.LastLine, bad.Title).ShouldBe((2, 4, "ltm pool /Common/x"));
        bad.Reason.ShouldContain("line 5 starts the next object");
    }

    [Fact]
    public void Words_blocks_and_lists_are_told_apart()
    {
        var items = Read("""
            ltm pool /Common/x {
                description "a \"b\" c"
                flag
                monitor min 1 of { /Common/a /Common/b }
                members {
                    /Common/n:80 {
                        address 10.0.0.1
                    }
                }
            }
            """).Stanzas.ShouldHaveSingleItem().Items;
        items.Select(i => i.Key).ShouldBe(["description", "flag", "monitor", "members"]);
        items.Select(i => i.Place.Line).ShouldBe([2, 3, 4, 5]);
        items[0].Value.ShouldBe("a \"b\" c");
        items[2].Value.ShouldBe("min 1 of");
        items[2].Names.ShouldBe(["/Common/a", "/Common/b"]);
        items[3].Entries[0]["address"]!.Value.ShouldBe("10.0.0.1");
    }

    [Theory]
    [InlineData("ltm profile fastl4 /Common/a", "ltm profile fastl4", "/Common/a")]
    [InlineData("ltm profile tcp tcp", "ltm profile tcp", "tcp")]
    [InlineData("ltm node node2", "ltm node", "node2")]
    [InlineData("net self-allow", "net self-allow", "")]
    [InlineData("net interface 1.1", "net interface", "1.1")]
    [InlineData("ltm default-node-monitor", "ltm default-node-monitor", "")]
    [InlineData("ltm global-settings connection", "ltm global-settings connection", "")]
    [InlineData("ltm message-routing sip profile session sipsession", "ltm message-routing sip profile session", "sipsession")]
    [InlineData("apm policy agent ending-deny /Common/a", "apm policy agent ending-deny", "/Common/a")]
    [InlineData("security firewall port-list /Common/a", "security firewall port-list", "/Common/a")]
    [InlineData("gtm pool a /Common/a", "gtm pool a", "/Common/a")]
    public void A_header_is_a_kind_and_a_name(string header, string kind, string name) => Headers.Split(header.Split(' ')).ShouldBe((kind, name));

    /// <summary>Texts that make a reader with one wrong step go over the rest of the file again and again.</summary>
    [Theory]
    [InlineData("ltm rule /Common/x {\n")]
    [InlineData("ltm pool /Common/x {\n")]
    [InlineData("ltm pool /Common/x {\n    a \"\n")]
    [InlineData("ltm pool /Common/x {\n    a \"\n}\n")]
    [InlineData("ltm pool /Common/x {\n    a \"b\" \"\n    c\n}\n")]
    [InlineData("x y {\n")]
    [InlineData("}\n")]
    [InlineData("ltm rule /Common/x {\n}\n#\n")]
    [InlineData("{ { {\n")]
    public void Cost_is_linear(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 20_000));
        Read(text).Steps.ShouldBeLessThan(20L * text.Length);
    }

    private static TmshFile Read(string text) => TmshReader.Read(new SourceFile("bigip.conf", text));
}
