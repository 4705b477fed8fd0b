using System.Net;
using System.Net.Sockets;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>What the ruleset promises, with packets, of either family.</summary>
public abstract class BalancingTests(bool ipv6) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BalancedNetwork _network = new(ipv6);

    private protected BalancedNetwork Network => _network;

    public void Dispose()
    {
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    [NamespaceFact]
    public void The_kernel_keeps_the_ratio_exactly()
    {
        using var first = _network.Listen(BalancedNetwork.First);
        using var second = _network.Listen(BalancedNetwork.Second);

        for (var i = 0; i < 16; i++) _network.Connect(5000);

        // Each connection has found its listener before Connect returned: 3 to 1, wherever the turn begins.
        for (var i = 0; i < 12; i++) _network.Accept(first);
        for (var i = 0; i < 4; i++) _network.Accept(second);
    }

    [NamespaceFact]
    public void Members_see_the_client_itself_or_with_automap_the_floating_self_IP()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        using var plain = _network.Connect(5001);
        using var atPlain = _network.Accept(listening);
        using var translated = _network.Connect(5002);
        using var atTranslated = _network.Accept(listening);

        RemoteOf(atPlain).ShouldBe(_network.Of(BalancedNetwork.Client));
        RemoteOf(atTranslated).ShouldBe(_network.Of("10.2.0.254"));
        RemoteOf(translated).ShouldBe(_network.Of("10.1.0.100"));
        BalancedNetwork.Exchange(plain, atPlain);
        BalancedNetwork.Exchange(translated, atTranslated);
    }

    [NamespaceFact]
    public void A_UDP_flow_stays_with_its_member_and_the_next_goes_to_the_other()
    {
        Socket[] members = [_network.MemberDatagrams(BalancedNetwork.First), _network.MemberDatagrams(BalancedNetwork.Second)];
        List<int> chosen = [];
        for (var flow = 0; flow < 2; flow++)
        {
            using var client = _network.ClientDatagrams();
            client.Send("one"u8);
            chosen.Add(Answer(members, "one"));
            client.Receive(new byte[16]).ShouldBe(3);
            client.Send("two"u8);
            Answer(members, "two").ShouldBe(chosen[^1]);
            client.Receive(new byte[16]).ShouldBe(3); // connected: only the virtual address could have answered
        }

        chosen.ShouldBe([0, 1], ignoreOrder: true);
    }

    [NamespaceFact]
    public void A_UDP_flow_that_is_too_many_to_be_remembered_goes_on_and_leaves_no_mark()
    {
        var ip = _network.Of("table ip x").Split(' ')[1];
        var full = string.Join(", ", Enumerable.Range(1, 65_536).Select(i => $"{i} timeout 1h : 1"));
        TestNetwork.Nft($"add element {ip} {Ruleset.Table} recent {{ {full} }}");
        TestNetwork.Nft($$"""
            table {{ip}} witness {
              counter marked { }
              chain leaving { type filter hook postrouting priority 300; meta l4proto udp meta mark != 0 counter name marked; }
            }
            """);
        Socket[] members = [_network.MemberDatagrams(BalancedNetwork.First), _network.MemberDatagrams(BalancedNetwork.Second)];
        using var client = _network.ClientDatagrams();
        client.Send("one"u8);
        Answer(members, "one");
        client.Receive(new byte[16]).ShouldBe(3);

        TestNetwork.Run($"nft list counter {ip} witness marked").ShouldContain("packets 0");
    }

    [NamespaceFact]
    public void A_segment_of_a_connection_that_nobody_knows_is_answered_with_a_reset_and_reaches_no_member()
    {
        using var first = _network.Listen(BalancedNetwork.First);
        using var second = _network.Listen(BalancedNetwork.Second);
        using var client = _network.Connect(5000);
        TestNetwork.Run(_network.Of("conntrack -D -p tcp --dport 5000 -d 10.1.0.100"));

        client.Send("who is there?"u8);

        Should.Throw<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        TestNetwork.Run(_network.Of("conntrack -L -p tcp --dport 5000 -d 10.1.0.100")).ShouldBeEmpty("it was not taken for the begin of a connection");
    }

    [NamespaceFact]
    public void Nothing_is_balanced_while_the_address_is_not_up()
    {
        using var member = _network.MemberDatagrams(BalancedNetwork.First);
        using var other = _network.MemberDatagrams(BalancedNetwork.Second);
        TestNetwork.Nft(_network.Of("""
            table ip watch {
              chain seen {
                type filter hook forward priority -1; policy accept;
                ip daddr 10.1.0.100 udp dport 5003 counter
              }
            }
            """));
        _network.RouteClient();
        using var client = _network.ClientDatagrams();
        _network.LowerAddress();

        client.Send("lost"u8);

        // It was about to be forwarded, untranslated.
        Until(() => TestNetwork.Run(_network.Of("nft list table ip watch")).Contains("packets 1 ", StringComparison.Ordinal));
        _network.RaiseAddress();
        using var next = _network.ClientDatagrams();
        next.Send("found"u8);
        Answer([member, other], "found"); // and nothing before it
    }

    [NamespaceFact]
    public void A_change_of_one_pool_disturbs_no_other_virtual_server()
    {
        using var first = _network.Listen(BalancedNetwork.First);
        using var second = _network.Listen(BalancedNetwork.Second);
        using var third = _network.Listen(BalancedNetwork.Third);
        using var established = _network.Connect(5001);
        using var member = _network.Accept(third);
        using var inPool = _network.Connect(5000);
        using var poolMember = _network.Accept(Readable([first, second]));
        var weighted = _network.Service("weighted");

        for (var i = 0; i < 20; i++)
        {
            TestNetwork.Nft(Ruleset.Reselect(weighted, MemberHealth.AllUp.With("weighted", Endpoint.Parse(_network.Of("10.2.0.11:5000")), up: i % 2 == 1)));
            BalancedNetwork.Exchange(established, member);
            BalancedNetwork.Exchange(inPool, poolMember);
            using var added = _network.Connect(5001);
            using var atMember = _network.Accept(third);
            BalancedNetwork.Exchange(added, atMember);
        }
    }

    [NamespaceFact]
    public void Connections_go_on_through_copies_of_their_entries()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        using var plain = _network.Connect(5001);
        using var atPlain = _network.Accept(listening);
        using var translated = _network.Connect(5002);
        using var atTranslated = _network.Accept(listening);
        using var thread = NamespaceThread.Enter(null);
        using var flows = new KernelFlows(thread, _network.Services.Groups["tg1"]);
        var records = new List<ConnectionRecord>();
        flows.Dump(dumped => records.AddRange(dumped.ToArray().Select(d => d.Record)));
        records.Count.ShouldBe(2);

        flows.Forget();
        flows.Dump(dumped => dumped.Length.ShouldBe(0));
        flows.Apply([.. records.Select(r => new KernelOperation(KernelAction.Create, r, 0))], static _ => KernelFlows.MirroredLifetime, (_, reason) => throw new InvalidOperationException($"{reason}"));

        BalancedNetwork.Exchange(plain, atPlain);
        BalancedNetwork.Exchange(atTranslated, translated);
        var copied = new List<ConnectionRecord>();
        flows.Dump(dumped => copied.AddRange(dumped.ToArray().Select(d => d.Record)));
        copied.Select(c => (c.Original, c.Reply, c.Mark)).ShouldBe(records.Select(r => (r.Original, r.Reply, r.Mark)), ignoreOrder: true);
    }

    private static int Answer(Socket[] members, string text)
    {
        var member = Readable(members);
        EndPoint from = new IPEndPoint(member.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var buffer = new byte[64];
        var count = member.ReceiveFrom(buffer, ref from);
        System.Text.Encoding.ASCII.GetString(buffer, 0, count).ShouldBe(text);
        member.SendTo(buffer.AsSpan(0, count), from);
        return Array.IndexOf(members, member);
    }

    private static Socket Readable(Socket[] sockets)
    {
        List<Socket> readable = [.. sockets];
        Socket.Select(readable, null, null, Patience);
        return readable.ShouldHaveSingleItem();
    }

    private static string RemoteOf(Socket socket) => ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString();

    private static void Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition()) patience.Token.ThrowIfCancellationRequested();
    }
}

public sealed class Ipv4BalancingTests() : BalancingTests(ipv6: false);
