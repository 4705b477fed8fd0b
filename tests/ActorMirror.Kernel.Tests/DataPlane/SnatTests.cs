using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Monitors;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Tests.Conntrack;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>Connections that members open outwards, with packets, of either family.</summary>
public abstract class SnatTests(bool ipv6) : IDisposable
{
    private const int Port = 6000;
    private const string Translation = "10.1.0.150";

    private const string Outward = """
        snats {
          first { origins = ["10.2.0.11"], vlans = [internal], translation = "10.1.0.150", mirror = on, traffic-group = tg1 }
          second { origins = ["10.2.0.12"], translation = automap, traffic-group = tg1 }
          third { origins = ["10.2.0.13"], vlans = [external], translation = "10.1.0.150", traffic-group = tg1 }
        }
        self-ips.ext-float { address = "10.1.0.254/24", vlan = external, traffic-group = tg1 }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private BalancedNetwork? _network;

    private BalancedNetwork Net => _network ??= Create(ipv6);

    public void Dispose()
    {
        _network?.Dispose();
        GC.SuppressFinalize(this);
    }

    [NamespaceFact]
    public void The_other_end_sees_the_translation_address_or_with_automap_the_floating_self_IP_of_its_VLAN()
    {
        using var listening = Net.ListenOutside(Port);
        using var first = Net.ConnectOut(BalancedNetwork.First, Port);
        using var atFirst = Net.Accept(listening);
        using var second = Net.ConnectOut(BalancedNetwork.Second, Port);
        using var atSecond = Net.Accept(listening);

        RemoteOf(atFirst).ShouldBe(Net.Of(Translation));
        RemoteOf(atSecond).ShouldBe(Net.Of("10.1.0.254"));
        BalancedNetwork.Exchange(first, atFirst);
        BalancedNetwork.Exchange(second, atSecond);
    }

    [NamespaceFact]
    public void A_server_of_a_virtual_server_opens_connections_too_and_its_virtual_server_keeps_its_own()
    {
        using var inside = Net.Listen(BalancedNetwork.First);
        using var outside = Net.ListenOutside(Port);
        using var outward = Net.ConnectOut(BalancedNetwork.First, Port);
        using var atOutside = Net.Accept(outside);
        for (var i = 0; i < 3; i++) BalancedNetwork.Exchange(outward, atOutside);

        TestNetwork.Nft(Ruleset.Reselect(Net.Service("weighted"), MemberHealth.AllUp.With("weighted", Endpoint.Parse(Net.Of("10.2.0.12:5000")), up: false)));
        using var client = Net.Connect(5000);
        using var atMember = Net.Accept(inside);
        RemoteOf(atMember).ShouldBe(Net.Of(BalancedNetwork.Client));
        BalancedNetwork.Exchange(client, atMember);
    }

    [NamespaceFact]
    public void A_second_device_carries_connections_on_through_copies_of_their_entries()
    {
        using var listening = Net.ListenOutside(Port);
        using var peer = Net.DatagramsOutside(Port);
        using var stream = Net.ConnectOut(BalancedNetwork.First, Port);
        using var atPeer = Net.Accept(listening);
        using var flow = Net.DatagramsOut(BalancedNetwork.First, Port);
        BalancedNetwork.Exchange(stream, atPeer);
        var from = Answer(flow, peer);
        from.Address.ToString().ShouldBe(Net.Of(Translation));

        var records = Net.Records();
        records.Select(r => r.Original.Protocol).ShouldBe([TransportProtocol.Tcp, TransportProtocol.Udp], ignoreOrder: true);
        records.ShouldAllBe(r => Net.Services.Find(r.Mark)!.Key == "snat/first" && r.Mark.Member == 0);
        var second = Net.AddSecondDevice();
        using var thread = NamespaceThread.Enter(second);
        Net.Inject(thread, records);

        Net.MoveTo(second, Translation);

        BalancedNetwork.Exchange(atPeer, stream);
        BalancedNetwork.Exchange(stream, atPeer);
        Answer(flow, peer).ShouldBe(from);
    }

    [NamespaceFact]
    public void Without_a_lease_nothing_goes_out()
    {
        using var peer = Net.DatagramsOutside(Port);
        using var flow = Net.DatagramsOut(BalancedNetwork.First, Port);
        CountForwarded();
        Net.EndLease();
        flow.Send("lost"u8);
        UntilSeen(1);

        Net.OpenLease();

        Answer(flow, peer, "found"); // and nothing before it
    }

    [NamespaceFact]
    public void Who_comes_in_where_no_SNAT_takes_him_goes_nowhere()
    {
        using var peer = Net.DatagramsOutside(Port);
        using var stranger = Net.DatagramsOut(BalancedNetwork.Third, Port);
        using var flow = Net.DatagramsOut(BalancedNetwork.First, Port);
        CountForwarded();
        stranger.Send("lost"u8);
        UntilSeen(1);

        Answer(flow, peer, "found"); // and nothing before it
    }

    [NamespaceFact]
    public async Task Pings_go_out_and_nobody_hears_of_them()
    {
        var observer = new RecordingObserver();
        using var listener = ConntrackListener.Open(new ConntrackListenerOptions(FlowMark.Ours, FlowMark.OursMask));
        listener.Start(observer);

        using var patience = new CancellationTokenSource(Patience);
        (await new IcmpProbe(new Sockets(Net)).ProbeAsync(new Endpoint(Address.Parse(Net.Of(BalancedNetwork.Client)), 0), patience.Token)).ShouldBeTrue();
        Net.Records().ShouldBeEmpty();

        using var listening = Net.ListenOutside(Port);
        using var stream = Net.ConnectOut(BalancedNetwork.First, Port);
        (await observer.NextAsync()).Entry.Original.Protocol.ShouldBe(ConntrackTuple.Tcp);
    }

    [NamespaceFact]
    public void The_origin_of_a_lost_connection_is_told_by_the_active() => IsReset(BalancedNetwork.First, fromOrigin: true);

    [NamespaceFact]
    public void The_other_end_of_a_lost_connection_is_told_too() => IsReset(BalancedNetwork.First, fromOrigin: false);

    [NamespaceFact]
    public void The_other_end_is_told_also_at_a_floating_self_IP() => IsReset(BalancedNetwork.Second, fromOrigin: false);

    [NamespaceFact]
    public void The_origin_is_told_also_in_the_hosts_namespace()
    {
        _network = Create(ipv6, change: "data-plane.namespace = host");
        IsReset(BalancedNetwork.First, fromOrigin: true);
    }

    /// <summary>This device's own stack would answer at once.</summary>
    [NamespaceFact]
    public void A_connection_to_a_floating_self_IP_that_comes_back_is_not_given_up()
    {
        _network = Create(ipv6, doubt: "5s");
        using var listening = Net.ListenOutside(Port);
        using var origin = Net.ConnectOut(BalancedNetwork.Second, Port);
        using var peer = Net.Accept(listening);
        var record = Net.Records().ShouldHaveSingleItem();
        TestNetwork.Nft(Net.Of("""
            table ip watch {
              chain seen {
                type filter hook prerouting priority -160; policy accept;
                tcp sport 6000 ct state invalid counter
              }
            }
            """));
        Forget();
        peer.Send("are you there?"u8);
        UntilSeen(1);

        using var thread = NamespaceThread.Enter(null);
        Net.Inject(thread, [record]);

        origin.Receive(new byte[64]).ShouldBe("are you there?".Length);
    }

    private static BalancedNetwork Create(bool ipv6, string change = "", string doubt = "500ms")
    {
        var network = new BalancedNetwork(ipv6, doubt, $"{Outward}\n{change}");
        foreach (var address in (string[])[Translation, "10.1.0.254"]) TestNetwork.Run(network.Of($"ip address add {address}/32 dev external nodad"));
        return network;
    }

    private void IsReset(string member, bool fromOrigin)
    {
        using var listening = Net.ListenOutside(Port);
        using var origin = Net.ConnectOut(member, Port);
        using var peer = Net.Accept(listening);
        Forget();
        var (asking, other) = fromOrigin ? (origin, peer) : (peer, origin);

        asking.Send("are you there?"u8);

        Should.Throw<SocketException>(() => asking.Receive(new byte[1])).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        other.Poll(0, SelectMode.SelectRead).ShouldBeFalse("the reset is for the one who asked");
    }

    private void Forget() => TestNetwork.Run(Net.Of("conntrack -D -p tcp --dport 6000"));

    /// <returns>Whom the other end sees.</returns>
    private static IPEndPoint Answer(Socket flow, Socket peer, string text = "hello")
    {
        flow.Send(Encoding.ASCII.GetBytes(text));
        EndPoint from = new IPEndPoint(peer.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var buffer = new byte[64];
        var count = peer.ReceiveFrom(buffer, ref from);
        Encoding.ASCII.GetString(buffer, 0, count).ShouldBe(text);
        peer.SendTo(buffer.AsSpan(0, count), from);
        flow.Receive(new byte[64]).ShouldBe(count);
        return (IPEndPoint)from;
    }

    private void CountForwarded() => TestNetwork.Nft(Net.Of("""
        table ip watch {
          chain seen {
            type filter hook forward priority -1; policy accept;
            udp dport 6000 counter
          }
        }
        """));

    private void UntilSeen(int packets)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!TestNetwork.Run(Net.Of("nft list table ip watch")).Contains($"packets {packets} ", StringComparison.Ordinal)) patience.Token.ThrowIfCancellationRequested();
    }

    private static string RemoteOf(Socket socket) => ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString();

    /// <summary>Of the first member.</summary>
    private sealed class Sockets(BalancedNetwork network) : ISocketFactory
    {
        public Socket Create(AddressFamily family, SocketType type, ProtocolType protocol) => TestNetwork.In(network.MemberNamespace, () =>
        {
            var socket = new Socket(family, type, protocol);
            socket.Bind(new IPEndPoint(IPAddress.Parse(network.Of(BalancedNetwork.First)), 0));
            return socket;
        });
    }
}

public sealed class Ipv4SnatTests() : SnatTests(ipv6: false);

public sealed class Ipv6SnatTests() : SnatTests(ipv6: true);
