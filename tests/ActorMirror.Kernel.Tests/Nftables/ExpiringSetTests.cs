using System.Diagnostics;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;
using ActorMirror.Kernel.Processes;

namespace ActorMirror.Kernel.Tests.Nftables;

public sealed class ExpiringSetTests : IDisposable
{
    private static readonly NftablesSet Ip = new("ip", "t", "lease");
    private static readonly NftablesSet Arp = new("arp", "t", "lease");

    private readonly NamespaceThread _thread = NamespaceThread.Enter(null);
    private readonly NftablesContext _context;
    private readonly ExpiringSet _set;

    public ExpiringSetTests()
    {
        _context = NftablesContext.Open(_thread);
        foreach (var family in (string[])["ip", "arp"]) _context.Run($"table {family} t {{\n set lease {{ type mark; flags timeout; }}\n}}\n");
        _set = new ExpiringSet(_context, Ip, Arp);
    }

    public void Dispose()
    {
        _context.Dispose();
        _thread.Dispose();
    }

    [NamespaceFact]
    public void A_mark_is_set_in_every_table_and_a_live_one_gets_the_new_time()
    {
        _set.Set([0xa040_0000], TimeSpan.FromSeconds(30));
        _set.Set([0xa040_0000, 0xa080_0000], TimeSpan.FromSeconds(300));
        foreach (var set in (NftablesSet[])[Ip, Arp])
        {
            var text = _context.QueryText($"list set {set}");
            text.ShouldContain("0xa0400000 timeout 5m");
            text.ShouldContain("0xa0800000 timeout 5m");
        }

        _set.Set([0xa040_0000], TimeSpan.FromMilliseconds(5_500));
        _context.QueryText($"list set {Arp}").ShouldContain("0xa0400000 timeout 5s500ms");
    }

    [NamespaceFact]
    public void A_removed_mark_is_gone_and_an_absent_one_is_no_error()
    {
        _set.Set([1, 2], TimeSpan.FromMinutes(1));
        _set.Remove([1, 3]);
        _context.QueryText($"list set {Ip}").ShouldNotContain("0x00000001");
        _context.QueryText($"list set {Ip}").ShouldContain("0x00000002");
        _set.Set([], TimeSpan.FromMinutes(1));
    }

    [NamespaceFact]
    public void The_kernel_forgets_the_mark_by_itself_and_not_before_its_time()
    {
        var clock = Stopwatch.StartNew();
        _set.Set([1], TimeSpan.FromMilliseconds(200));
        while (_context.QueryText($"list set {Ip}").Contains("0x00000001", StringComparison.Ordinal))
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), "the element never expired");
        clock.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(190));
    }

    /// <summary>A figure, not an assertion of time: what one renewal of the lease costs, beside whatever else this machine does.</summary>
    [NamespaceFact]
    public void A_renewal_in_two_tables_is_one_cheap_transaction()
    {
        Renew("ordinary");
        var realTime = false;
        var thread = new Thread(() =>
        {
            realTime = ThreadScheduling.TryRealTime();
            Renew(realTime ? "real-time" : "ordinary (real-time not permitted)");
        });
        thread.Start();
        thread.Join();
        _context.QueryText($"list set {Ip}").ShouldContain("0xa0800000 timeout 23m19s", Case.Sensitive, "the last renewal is in force");
    }

    private void Renew(string scheduling)
    {
        const int Rounds = 1000;
        var costs = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            _set.Set([0xa040_0000, 0xa080_0000], TimeSpan.FromSeconds(400 + i));
            costs[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(costs);
        Console.WriteLine($"lease renewal, 2 marks in 2 tables, {scheduling} thread: p50 {costs[Rounds / 2]:F2} ms, p99 {costs[Rounds * 99 / 100]:F2} ms, max {costs[^1]:F2} ms");
    }

    [NamespaceFact]
    public void A_missing_set_is_named()
    {
        var set = new ExpiringSet(_context, new NftablesSet("ip", "t", "absent"));
        Should.Throw<NftablesException>(() => set.Set([1], TimeSpan.FromSeconds(1))).Message.ShouldContain("absent");
        Should.Throw<ArgumentOutOfRangeException>(() => _set.Set([1], TimeSpan.Zero));
    }
}
