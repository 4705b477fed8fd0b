using System.Net.Sockets;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Kernel.Tests.DataPlane;

public sealed class Ipv4MirrorChoiceTests() : MirrorChoiceTests(ipv6: false);

public sealed class Ipv6MirrorChoiceTests() : MirrorChoiceTests(ipv6: true);

/// <summary>Connections that are mirrored only when they are old or large enough: the kernel says which are large.</summary>
public abstract class MirrorChoiceTests(bool ipv6) : IAsyncDisposable
{
    private const int Enough = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BalancedNetwork _network = new(ipv6, change: $$"""
        virtual-servers { other.mirror = { after-bytes = {{Enough}} }, datagrams.mirror = { after-bytes = 3000, after-age = 1 hour }, shared.mirror = { after-age = 1 s } }
        """);

    private readonly string _mirror = TestNetwork.Add("mirror");
    private TablePair? _pair;

    public async ValueTask DisposeAsync()
    {
        if (_pair is not null) await _pair.DisposeAsync();
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    [NamespaceFact]
    public async Task A_connection_is_mirrored_once_it_carried_enough()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        await StartAsync();
        var (small, smallMember) = (_network.Connect(5001), _network.Accept(listening));
        var (large, largeMember) = (_network.Connect(5001), _network.Accept(listening));
        BalancedNetwork.Exchange(small, smallMember);
        await UntilAsync(() => Active.Mirrored.Open == 2);
        (Active.Mirrored.Protected, Active.Exposed[Exposure.ByChoice], Active.Exposed.Total).ShouldBe((0, 2, 2));

        Carry(large, largeMember, Enough);
        await UntilAsync(() => Active.Mirrored.Protected == 1);
        (Active.Exposed[Exposure.ByChoice], Active.Exposed.Total).ShouldBe((1, 1));
        await UntilAsync(() => Mirror.Copies == new OpenCounts(1, 1));

        // Bytes after that are no news, and its end is told as any other's.
        Carry(large, largeMember, Enough);
        large.Dispose();
        largeMember.Dispose();
        await UntilAsync(() => Active.Mirrored.Open == 1 && Mirror.Copies.Open == 0);
        BalancedNetwork.Exchange(small, smallMember);
    }

    [NamespaceFact]
    public async Task Large_ones_are_known_again_when_the_kernel_is_compared()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        var (large, member) = (_network.Connect(5001), _network.Accept(listening));
        using var small = _network.Connect(5001);
        Carry(large, member, Enough);
        await StartAsync();
        await UntilAsync(() => Active.Mirrored is { Open: 2, Protected: 1 });
        Active.Exposed[Exposure.ByChoice].ShouldBe(1);
    }

    [NamespaceFact]
    public async Task A_datagram_flow_is_mirrored_once_it_carried_enough()
    {
        using var first = _network.MemberDatagrams(BalancedNetwork.First);
        using var second = _network.MemberDatagrams(BalancedNetwork.Second);
        await StartAsync();
        using var client = _network.ClientDatagrams();
        var member = Answer(client, first, second);
        await UntilAsync(() => Active.Mirrored.Open == 1 && Active.Exposed[Exposure.ByChoice] == 1); // each number is of its own moment
        client.Send(new byte[1000]);
        client.Send(new byte[1000]);
        client.Send(new byte[1000]);
        await UntilAsync(() => Active.Mirrored.Protected == 1);
        member.Available.ShouldBeGreaterThan(0);
    }

    [NamespaceFact]
    public async Task A_connection_is_mirrored_once_it_is_old_enough_and_needs_no_packet_for_it()
    {
        using var listening = _network.Listen(BalancedNetwork.Third, 5004);
        await StartAsync();
        using var client = _network.Connect(5004);
        await UntilAsync(() => Active.Mirrored.Protected == 1);
        await UntilAsync(() => Mirror.Copies == new OpenCounts(1, 1));
    }

    private Actors.Tables.TableView Active => _pair!.Active;

    private Actors.Tables.TableView Mirror => _pair!.Mirror;

    private async Task StartAsync()
    {
        TestNetwork.Run("sysctl -qw net.netfilter.nf_conntrack_events=1", _mirror);
        _pair = new TablePair(_network.Services, _mirror, TimeSpan.FromHours(1));
        await UntilAsync(() => Active.Outgoing?.Channel.State == MirrorChannelState.InSync);
    }

    private static Socket Answer(Socket client, params Socket[] members)
    {
        client.Send("hello"u8);
        var readable = members.ToList();
        Socket.Select(readable, null, null, Patience);
        var from = readable[0].LocalEndPoint!;
        readable[0].ReceiveFrom(new byte[16], ref from);
        readable[0].SendTo("hello"u8.ToArray(), from);
        client.Receive(new byte[16]).ShouldBe(5);
        return readable[0];
    }

    private static void Carry(Socket from, Socket to, int bytes)
    {
        var buffer = new byte[10_000];
        for (var left = bytes; left > 0; left -= buffer.Length)
        {
            from.Send(buffer).ShouldBe(buffer.Length);
            for (var read = 0; read < buffer.Length;) read += to.Receive(buffer.AsSpan(read));
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (; !condition(); patience.Token.ThrowIfCancellationRequested()) await Task.Yield();
    }
}
