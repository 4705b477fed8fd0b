using System.Net;
using System.Net.Sockets;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>Strangers at the kernel of a mirror: what they add or take away is put right within the period, or at once on demand.</summary>
public sealed class ReconciledCopyTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BalancedNetwork _network = new();
    private readonly string _mirror = TestNetwork.Add("mirror");
    private TablePair? _pair;

    public async ValueTask DisposeAsync()
    {
        if (_pair is not null) await _pair.DisposeAsync();
        _network.Dispose();
    }

    [NamespaceFact]
    public async Task A_strangers_entry_is_deleted_and_a_deleted_one_comes_back()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        await StartAsync(TimeSpan.FromSeconds(1));
        var sockets = Enumerable.Range(0, 3).Select(_ => (Client: _network.Connect(5001), Member: _network.Accept(listening))).ToList();
        await UntilAsync(() => _pair!.Active.Mirrored is { Open: 3, Protected: 3 });
        var before = Listed();
        before.Length.ShouldBe(3);

        TestNetwork.Run($"conntrack -D -p tcp --sport {((IPEndPoint)sockets[1].Client.LocalEndPoint!).Port}", _mirror);
        TestNetwork.Run(
            "conntrack -I -p tcp -s 10.1.0.77 --sport 4000 -d 10.1.0.100 --dport 5001 -r 10.2.0.13 --reply-port-src 5000 -q 10.1.0.77 --reply-port-dst 4000 "
            + $"--state ESTABLISHED -u SEEN_REPLY,ASSURED -t 600 --mark {Mark("other")}", _mirror);
        await UntilAsync(() => Listed().SequenceEqual(before));
        await UntilAsync(() => _pair!.Active.Outgoing is { Repairs.Ghosts: 1, Snapshots: 1 });
        _pair!.Mirror.Incoming!.Repairs.ShouldBe(new Repairs(Ghosts: 1, Missing: 0, Wrong: 0), "what vanished with a word was no find of the digest's");
        _pair.Active.Mirrored.ShouldBe(new OpenCounts(3, 3));
    }

    [NamespaceFact]
    public async Task A_resync_on_demand_does_not_wait_for_the_period()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        await StartAsync(TimeSpan.FromHours(1));
        using var client = _network.Connect(5001);
        using var member = _network.Accept(listening);
        await UntilAsync(() => _pair!.Active.Mirrored.Protected == 1);
        var before = Listed();
        TestNetwork.Run(
            "conntrack -I -p udp -s 10.1.0.77 --sport 4000 -d 10.1.0.100 --dport 5003 -r 10.2.0.11 --reply-port-src 5003 -q 10.1.0.77 --reply-port-dst 4000 "
            + $"-u SEEN_REPLY -t 600 --mark {Mark("datagrams")}", _mirror);
        await UntilAsync(() => _pair!.Mirror.Copies.Open == 2);
        (await _pair!.ResyncAsync()).ShouldBeNull();
        await UntilAsync(() => Listed().SequenceEqual(before));
        await UntilAsync(() => _pair.Active.Outgoing is { Repairs.Ghosts: 1, Snapshots: 1 });
        BalancedNetwork.Exchange(client, member);
    }

    private string Mark(string server) => $"0x{_network.Service(server).Members[0].Mark.Value:x}";

    private async Task StartAsync(TimeSpan period)
    {
        TestNetwork.Run("sysctl -qw net.netfilter.nf_conntrack_events=1", _mirror);
        _pair = new TablePair(_network.Services, _mirror, period);
        await UntilAsync(() => _pair.Active.Outgoing?.Channel.State == MirrorChannelState.InSync);
    }

    /// <summary>The mirror's entries without what time changes.</summary>
    private string[] Listed() =>
    [
        .. TestNetwork.Run("conntrack -L", _mirror).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[line.IndexOf("src=", StringComparison.Ordinal)..].Replace(" use=1", "", StringComparison.Ordinal).Replace(" use=2", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (; !condition(); patience.Token.ThrowIfCancellationRequested()) await Task.Yield();
    }
}
