using System.Net;
using System.Net.Sockets;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>Connections of the active that somebody takes out of its kernel's table.</summary>
public abstract class RestoredConnectionTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // A busy machine may take its time to put a connection back.
    private readonly BalancedNetwork _network;
    private readonly OwnTable _table;

    protected RestoredConnectionTests(bool ipv6)
    {
        _network = new BalancedNetwork(ipv6, doubt: "5s");
        _table = new OwnTable(_network);
    }

    public async ValueTask DisposeAsync()
    {
        await _table.DisposeAsync();
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    [NamespaceFact]
    public async Task Streams_go_on_through_a_flush_translated_or_not_mirrored_or_not()
    {
        var listening = _network.Listen(BalancedNetwork.Third);
        (Socket Client, Socket Member)[] pairs = [Open(5001), Open(5001), Open(5002)];
        await UntilAsync(() => _table.Connections == pairs.Length);
        using var rounds = new SemaphoreSlim(0);
        using var enough = new CancellationTokenSource();
        var traffic = Task.Run(() =>
        {
            for (; !enough.IsCancellationRequested; rounds.Release())
            {
                foreach (var (client, member) in pairs) BalancedNetwork.Exchange(client, member);
            }
        });

        for (var i = 0; i < 10; i++)
        {
            TestNetwork.Run("conntrack -F");
            while (rounds.Wait(0))
            {
                // Rounds that were over before.
            }

            for (var whole = 0; whole < 2; whole++) await await Task.WhenAny(traffic, rounds.WaitAsync());
        }

        await enough.CancelAsync();
        await traffic;
        _table.Connections.ShouldBe(pairs.Length);

        (Socket, Socket) Open(int port) => (_network.Connect(port), _network.Accept(listening));
    }

    [NamespaceFact]
    public async Task A_deleted_entry_comes_back_liberal_assured_and_with_its_lifetime()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        using var client = _network.Connect(5001);
        using var member = _network.Accept(listening);
        await UntilAsync(() => _table.Connections == 1);

        TestNetwork.Run(_network.Of("conntrack -D -p tcp --dport 5001"));

        await UntilAsync(() => Listed("tcp").Contains("ASSURED", StringComparison.Ordinal));
        Listed("tcp").ShouldMatch(_network.Of("^(ipv6 +10 )?tcp +6 (299|300) ESTABLISHED src=10.1.0.2 dst=10.1.0.100 .*src=10.2.0.13 dst=10.1.0.2 .*mark=2"));
        BalancedNetwork.Exchange(client, member);
    }

    [NamespaceFact]
    public async Task What_was_lost_with_its_events_is_found_missing_and_comes_back()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        using var client = _network.Connect(5001);
        using var member = _network.Accept(listening);
        await UntilAsync(() => _table.Connections == 1);
        _table.IsDeaf = true;
        TestNetwork.Run("conntrack -F");
        _table.Overflow();
        BalancedNetwork.Exchange(client, member);
        _table.Connections.ShouldBe(1);
    }

    [NamespaceFact]
    public async Task A_UDP_flow_keeps_its_member_while_its_entry_is_missing_and_afterwards()
    {
        Socket[] members = [_network.MemberDatagrams(BalancedNetwork.First), _network.MemberDatagrams(BalancedNetwork.Second)];
        using var client = _network.ClientDatagrams();
        var chosen = Answered(client, members);
        await UntilAsync(() => _table.Connections == 1);
        _table.Pause();
        for (var i = 0; i < 3; i++)
        {
            TestNetwork.Run("conntrack -F");
            Answered(client, members).ShouldBe(chosen);
        }

        _table.GoOn();
        for (var i = 0; i < 10; i++) Answered(client, members).ShouldBe(chosen);
        _table.Connections.ShouldBe(1);
    }

    [NamespaceFact]
    public async Task A_UDP_flow_that_was_sent_elsewhere_meanwhile_returns_to_its_member()
    {
        Socket[] members = [_network.MemberDatagrams(BalancedNetwork.First), _network.MemberDatagrams(BalancedNetwork.Second)];
        using var client = _network.ClientDatagrams();
        var chosen = Answered(client, members);
        await UntilAsync(() => _table.Connections == 1);
        _table.Pause();
        TestNetwork.Run("conntrack -F");
        TestNetwork.Nft(_network.Of("flush map ip actormirror recent")); // as if it had been silent
        Answered(client, members).ShouldNotBe(chosen, "the kernel takes turns");
        _table.GoOn();

        await UntilAsync(() => Listed("udp").Contains($"src={((IPEndPoint)members[chosen].LocalEndPoint!).Address} ", StringComparison.Ordinal));
        for (var i = 0; i < 10; i++) Answered(client, members).ShouldBe(chosen);
        _table.Connections.ShouldBe(1);
    }

    [NamespaceFact]
    public async Task What_the_kernel_cannot_take_back_is_gone_and_its_client_is_told()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        using var client = _network.Connect(5001);
        using var member = _network.Accept(listening);
        await UntilAsync(() => _table.Connections == 1);
        _table.Pause();
        TestNetwork.Run("conntrack -F");
        var port = ((IPEndPoint)client.LocalEndPoint!).Port;
        TestNetwork.Run(_network.Of($"conntrack -I -p tcp -s 10.1.0.2 --sport {port} -d 10.2.0.13 --dport 5000 --state ESTABLISHED -u SEEN_REPLY,ASSURED -t 60"));
        _table.GoOn();

        await UntilAsync(() => _table.Connections == 0);
        await UntilAsync(() => IsReset(client));
    }

    [NamespaceFact]
    public async Task A_connection_that_is_closing_is_not_put_back()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        using var open = _network.Connect(5001);
        using var atMember = _network.Accept(listening);
        var closing = _network.Connect(5001);
        using var other = _network.Accept(listening);
        await UntilAsync(() => _table.Connections == 2);
        var port = ((IPEndPoint)closing.LocalEndPoint!).Port;
        closing.Dispose();
        await UntilAsync(() => _table.Connections == 1);

        TestNetwork.Run("conntrack -F");

        // Both were in one flush, in any order: when the open one is back, and carries data, the other was decided too.
        BalancedNetwork.Exchange(open, atMember);
        Listed("tcp").ShouldNotContain($"sport={port} ");
    }

    private static int Answered(Socket client, Socket[] members)
    {
        client.Send("who?"u8);
        List<Socket> readable = [.. members];
        Socket.Select(readable, null, null, Patience);
        var member = readable.ShouldHaveSingleItem();
        EndPoint from = new IPEndPoint(member.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var buffer = new byte[16];
        member.SendTo(buffer.AsSpan(0, member.ReceiveFrom(buffer, ref from)), from);
        client.Receive(buffer).ShouldBe(4);
        return Array.IndexOf(members, member);
    }

    /// <summary>Asks again, because TCP's own repetitions become rare while the connection is doubted.</summary>
    private static bool IsReset(Socket client)
    {
        client.Send("who is there?"u8, SocketFlags.None, out var sent);
        if (sent == SocketError.ConnectionReset) return true;
        if (!client.Poll(200_000, SelectMode.SelectRead)) return false;
        client.Receive(new byte[1], SocketFlags.None, out var received);
        return received == SocketError.ConnectionReset;
    }

    private string Listed(string protocol) => TestNetwork.Run(_network.Of($"conntrack -L -p {protocol} -d 10.1.0.100"));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (; !condition(); patience.Token.ThrowIfCancellationRequested()) await Task.Yield();
    }
}

public sealed class Ipv4RestoredConnectionTests() : RestoredConnectionTests(ipv6: false);

public sealed class Ipv6RestoredConnectionTests() : RestoredConnectionTests(ipv6: true);
