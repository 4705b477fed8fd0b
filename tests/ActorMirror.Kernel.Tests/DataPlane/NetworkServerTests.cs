using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMirror.DataPlane.Monitors;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>Virtual servers that listen on networks, or on any port, with packets, of either family.</summary>
public abstract class NetworkServerTests : IDisposable
{
    private const int Port = 5007;

    private const string Servers = """
        virtual-servers {
          inward { destination = "10.2.0.0/24:*", vlan = external, protocol = any, type = forwarding, mirror = on, traffic-group = tg1 }
          balanced { destination = "10.2.0.0/24:5001", vlan = external, pool = other, traffic-group = tg1 }
          outward { destination = "0.0.0.0/0:6000", vlan = internal, type = forwarding, snat = automap, traffic-group = tg1 }
          every-port { destination = "10.1.0.102:*", vlan = external, protocol = any, pool = other, traffic-group = tg1 }
        }
        self-ips.ext-float { address = "10.1.0.254/24", vlan = external, traffic-group = tg1 }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BalancedNetwork _network;

    protected NetworkServerTests(bool ipv6)
    {
        _network = new BalancedNetwork(ipv6, change: Servers);
        foreach (var address in (string[])["10.1.0.102", "10.1.0.254"]) TestNetwork.Run(_network.Of($"ip address add {address}/32 dev external nodad"));
        TestNetwork.Run(_network.Of("ip -4 route add 10.2.0.0/24 via 10.1.0.1"), _network.ClientNamespace);
    }

    public void Dispose()
    {
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    [NamespaceFact]
    public void Forwarding_translates_nothing_and_a_second_device_carries_the_connection_on_through_a_copy_of_its_entry()
    {
        using var listening = _network.Listen(BalancedNetwork.First, Port);
        using var client = _network.Connect(Port, BalancedNetwork.First);
        using var member = _network.Accept(listening);
        ((IPEndPoint)member.RemoteEndPoint!).ShouldBe(client.LocalEndPoint);
        BalancedNetwork.Exchange(client, member);
        var record = _network.Records().ShouldHaveSingleItem();
        (_network.Services.Find(record.Mark)!.Name, record.Reply).ShouldBe(("inward", record.Original.Inverse));

        var second = _network.AddSecondDevice();
        using var thread = NamespaceThread.Enter(second);
        _network.Inject(thread, [record]);
        _network.MoveTo(second);

        BalancedNetwork.Exchange(member, client);
        BalancedNetwork.Exchange(client, member);
    }

    [NamespaceFact]
    public void A_port_takes_its_connections_before_any_port_and_the_pool_answers_for_every_address()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        using var client = _network.Connect(5001, BalancedNetwork.First);
        using var member = _network.Accept(listening);
        BalancedNetwork.Exchange(client, member);
        ((IPEndPoint)client.RemoteEndPoint!).Address.ToString().ShouldBe(_network.Of(BalancedNetwork.First));
    }

    [NamespaceFact]
    public void An_address_with_any_port_leaves_the_port_as_it_is()
    {
        using var listening = _network.Listen(BalancedNetwork.Third, 5010);
        using var client = _network.Connect(5010, "10.1.0.102");
        using var member = _network.Accept(listening);
        BalancedNetwork.Exchange(client, member);
    }

    [NamespaceFact]
    public void What_goes_out_is_seen_as_the_floating_self_IP_of_its_VLAN()
    {
        using var listening = _network.ListenOutside(6000);
        using var outward = _network.ConnectOut(BalancedNetwork.First, 6000);
        using var peer = _network.Accept(listening);
        BalancedNetwork.Exchange(outward, peer);
        ((IPEndPoint)peer.RemoteEndPoint!).Address.ToString().ShouldBe(_network.Of("10.1.0.254"));
    }

    [NamespaceFact]
    public void Datagrams_and_pings_pass_and_only_the_datagrams_are_remembered()
    {
        using var member = _network.MemberDatagrams(BalancedNetwork.First);
        using var client = _network.ClientDatagrams(BalancedNetwork.First);
        client.Send("hello"u8);
        EndPoint from = new IPEndPoint(member.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var buffer = new byte[64];
        Encoding.ASCII.GetString(buffer, 0, member.ReceiveFrom(buffer, ref from)).ShouldBe("hello");
        from.ShouldBe(client.LocalEndPoint);
        member.SendTo("hello"u8, from);
        client.Receive(buffer).ShouldBe(5);

        using var patience = new CancellationTokenSource(Patience);
        new IcmpProbe(new Sockets(_network)).ProbeAsync(new Endpoint(Address.Parse(_network.Of(BalancedNetwork.First)), 0), patience.Token).GetAwaiter().GetResult().ShouldBeTrue();
        _network.Records().ShouldHaveSingleItem().Original.Protocol.ShouldBe(TransportProtocol.Udp);
    }

    [NamespaceFact]
    public void Self_IPs_and_the_devices_own_connections_are_nobodys()
    {
        using var listening = _network.Listen(BalancedNetwork.First, Port);
        foreach (var self in (string[])["10.2.0.1", "10.2.0.254"])
        {
            using var own = _network.ListenHere(self, Port);
            using var client = _network.Connect(Port, self);
            using var accepted = own.Accept();
            BalancedNetwork.Exchange(client, accepted);
        }

        using var outward = _network.ConnectFromHere(BalancedNetwork.First, Port);
        using var member = listening.Accept();
        BalancedNetwork.Exchange(outward, member);
        _network.Records().ShouldBeEmpty();
    }

    [NamespaceFact]
    public void A_segment_of_a_connection_that_nobody_knows_is_answered_with_a_reset()
    {
        using var listening = _network.Listen(BalancedNetwork.First, Port);
        using var client = _network.Connect(Port, BalancedNetwork.First);
        using var member = _network.Accept(listening);
        TestNetwork.Run(_network.Of($"conntrack -D -p tcp --dport {Port}"));

        client.Send("who is there?"u8);

        Should.Throw<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        member.Poll(0, SelectMode.SelectRead).ShouldBeFalse();
    }

    /// <summary>Of the client.</summary>
    private sealed class Sockets(BalancedNetwork network) : ISocketFactory
    {
        public Socket Create(AddressFamily family, SocketType type, ProtocolType protocol) => TestNetwork.In(network.ClientNamespace, () => new Socket(family, type, protocol));
    }
}

public sealed class Ipv4NetworkServerTests() : NetworkServerTests(ipv6: false);

public sealed class Ipv6NetworkServerTests() : NetworkServerTests(ipv6: true);
