using System.Text.Json;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;

namespace ActorMirror.Kernel.Tests.Nftables;

public sealed class NftablesContextTests : IDisposable
{
    private readonly NamespaceThread _thread = NamespaceThread.Enter(null);
    private readonly NftablesContext _context;

    public NftablesContextTests() => _context = NftablesContext.Open(_thread);

    public void Dispose()
    {
        _context.Dispose();
        _thread.Dispose();
    }

    [NamespaceFact]
    public void A_ruleset_is_loaded_and_listed_as_json()
    {
        _context.Run("table ip t {\n map members { type mark : ipv4_addr . inet_service; elements = { 1 : 10.0.0.1 . 80 } }\n}\n");
        using var json = JsonDocument.Parse(_context.Query("list map ip t members"));
        json.RootElement.GetProperty("nftables").EnumerateArray().Any(item => item.TryGetProperty("map", out var map) && map.GetProperty("name").GetString() == "members").ShouldBeTrue();
        TestNetwork.Run("nft list table ip t").ShouldContain("members");
    }

    [NamespaceFact]
    public void A_refused_transaction_says_why_and_changes_nothing()
    {
        _context.Run("add table ip t");
        var refused = Should.Throw<NftablesException>(() => _context.Run("add chain ip t kept\nadd rule ip t absent drop\n"));
        refused.Message.ShouldContain("add rule ip t absent drop");
        refused.Message.ShouldStartWith("line 2:");
        refused.Message.ShouldContain("No such file or directory");
        refused.Commands.ShouldContain("add chain ip t kept");
        _context.QueryText("list table ip t").ShouldNotContain("kept");
        Should.Throw<NftablesException>(() => _context.Run("add nonsense")).Message.ShouldContain("syntax error");
        _context.Run("add chain ip t after\n");
        _context.QueryText("list table ip t").ShouldContain("after");
    }

    [NamespaceFact]
    public void A_context_keeps_the_namespace_it_was_opened_in()
    {
        var data = TestNetwork.Add("data");
        using var thread = NamespaceThread.Enter(data);
        using var context = NftablesContext.Open(thread);
        context.Run("add table ip inside");
        context.Query("list tables").ShouldContain("inside");
        TestNetwork.Run("nft list tables", data).ShouldContain("inside");
        TestNetwork.Run("nft list tables").ShouldNotContain("inside");
    }

    [NamespaceFact]
    public void Two_contexts_work_on_one_table_at_the_same_time()
    {
        _context.Run("add table ip t\nadd set ip t a { type mark; }\nadd set ip t b { type mark; }\n");
        using var second = NftablesContext.Open(_thread);
        Parallel.Invoke(() => Fill(_context, "a"), () => Fill(second, "b"));
        foreach (var set in (string[])["a", "b"]) _context.QueryText($"list set ip t {set}").Split("0x").Length.ShouldBe(301);

        static void Fill(NftablesContext context, string set)
        {
            for (var i = 1; i <= 300; i++) context.Run($"add element ip t {set} {{ {i} }}");
        }
    }
}
