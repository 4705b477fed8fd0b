using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ActorMirror.Configuration;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Tests.Support;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>
/// The ruleset of a small configuration in this namespace, with its lease open, between a client and three members.
/// client 10.1.0.2 -- 10.1.0.1 (this namespace) 10.2.0.1 -- members 10.2.0.11 to .13
/// Everything is written for IPv4; of IPv6 it is the same network with <see cref="Of"/> its addresses.
/// </summary>
internal sealed partial class BalancedNetwork : IDisposable
{
    public const string Client = "10.1.0.2";
    public const string First = "10.2.0.11";
    public const string Second = "10.2.0.12";
    public const string Third = "10.2.0.13";

    private const int PatienceMilliseconds = 60_000;

    private const string Configuration = """
        actormirror {
          device = a
          devices { a { id = 1, management = "10.99.0.1", mirror = "10.99.0.1" } }
          device-group { name = alone, members = [a] }
          cluster.engine = standalone
          vlans { external { interface = external }, internal { interface = internal } }
          self-ips {
            ext-a { address = "10.1.0.1/24", vlan = external, device = a }
            int-a { address = "10.2.0.1/24", vlan = internal, device = a }
            float { address = "10.2.0.254/24", vlan = internal, traffic-group = tg1 }
            float-2 { address = "10.2.0.253/24", vlan = internal, traffic-group = tg2 }
          }
          traffic-groups { tg1 { ha-order = [a] }, tg2 { ha-order = [a] } }
          monitors { quick { type = tcp, interval = 500 ms, timeout = 1600 ms } }
          pools {
            weighted { members = [{ address = "10.2.0.11:5000", ratio = 3 }, { address = "10.2.0.12:5000" }], load-balancing = ratio, monitor = quick }
            other { members = [{ address = "10.2.0.13:5000" }] }
            datagrams { members = [{ address = "10.2.0.11:5003" }, { address = "10.2.0.12:5003" }] }
            shared { members = [{ address = "10.2.0.13:5004" }] }
          }
          virtual-servers {
            weighted { destination = "10.1.0.100:5000", vlan = external, pool = weighted, snat = none, traffic-group = tg1 }
            other { destination = "10.1.0.100:5001", vlan = external, pool = other, snat = none, mirror = on, traffic-group = tg1 }
            translated { destination = "10.1.0.100:5002", vlan = external, pool = other, snat = automap, traffic-group = tg1 }
            datagrams { destination = "10.1.0.100:5003", vlan = external, protocol = udp, pool = datagrams, snat = none, mirror = on, traffic-group = tg1 }
            shared { destination = "10.1.0.100:5004", vlan = external, pool = shared, snat = none, traffic-group = tg1 }
            sharing { destination = "10.1.0.101:5004", vlan = external, pool = shared, snat = automap, traffic-group = tg2 }
          }
        }
        """;

    private readonly bool _ipv6;
    private readonly AddressFamily _family;
    private readonly string _members = TestNetwork.Add("members");
    private readonly List<Socket> _sockets = [];

    /// <param name="doubt">How long a segment of an unknown connection is dropped, in nft's words, before the next is answered.</param>
    /// <param name="change">Of the configuration.</param>
    public BalancedNetwork(bool ipv6 = false, string doubt = "500ms", string change = "")
    {
        _ipv6 = ipv6;
        _family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        Services = ServiceTables.Of(ConfigurationLoader.Parse(Encoding.UTF8.GetBytes(Of($"{Configuration}\nactormirror {{ {change} }}")), "test.conf").Model!);
        TestNetwork.Connect(TestNetwork.Own, "external", Of("10.1.0.1/24"), ClientNamespace, "eth0", Of("10.1.0.2/24"));
        TestNetwork.Connect(TestNetwork.Own, "internal", Of("10.2.0.1/24"), _members, "eth0", Of("10.2.0.2/24"));
        foreach (var member in (string[])[First, Second, Third]) TestNetwork.Run(Of($"ip address add {member}/32 dev eth0 nodad"), _members);
        TestNetwork.Run(Of("ip -4 route add default via 10.2.0.1"), _members);
        TestNetwork.Run(Of("ip address add 10.2.0.254/32 dev internal nodad"));
        RaiseAddress();
        Load(null, doubt);
    }

    public string ClientNamespace { get; } = TestNetwork.Add("client");

    public string MemberNamespace => _members;

    public ServiceTable Services { get; }

    /// <summary>Text of IPv4 in the words of the network's family: 10.1.0.2 is 2001:db8:1::2 there, and stands in brackets before a port.</summary>
    public string Of(string text) => !_ipv6
        ? text
        : Addresses().Replace(text, match => match.Groups["port"].Value is { Length: > 0 } port
                ? $"[2001:db8:{match.Groups["net"]}::{match.Groups["host"]}]{port}"
                : $"2001:db8:{match.Groups["net"]}::{match.Groups["host"]}")
            .Replace("\"0.0.0.0/0:", "\"[::]/0:").Replace("/24", "/64").Replace("/32", "/128").Replace("ip -4 ", "ip -6 ").Replace("net.ipv4.", "net.ipv6.")
            .Replace("table ip ", "table ip6 ").Replace("map ip ", "map ip6 ").Replace("ip daddr", "ip6 daddr").Replace("conntrack ", "conntrack -f ipv6 ").Replace("-f ipv6 -I", "-I"); // which takes the family from its addresses

    public void OpenLease(string? name = null) => Lease(group => $"add element FAMILY {Ruleset.Table} lease {{ {group} timeout 1h }}\n", name);

    public void EndLease() => Lease(group => $"delete element FAMILY {Ruleset.Table} lease {{ {group} }}\n", null);

    /// <summary>A second device, in a namespace of its own, that is ready to take this one's place.</summary>
    public string AddSecondDevice()
    {
        var name = TestNetwork.Add("second");
        Load(name, "500ms");
        return name;
    }

    /// <summary>The cables, and the addresses, are the second device's from now on.</summary>
    public void MoveTo(string name, params string[] addresses)
    {
        foreach (var link in (string[])["external", "internal"]) TestNetwork.Run($"ip link set {link} netns {name} && ip -n {name} link set {link} up");
        foreach (var (link, address) in (ReadOnlySpan<(string, string)>)[("external", "10.1.0.1/24"), ("internal", "10.2.0.1/24"), .. addresses.Select(a => ("external", $"{a}/32"))])
            TestNetwork.Run(Of($"ip -n {name} address add {address} dev {link} nodad"));
    }

    public Service Service(string name) => Services.Services.Single(s => s.Server.Name == name);

    /// <summary>The virtual address is this device's: it is up for as long as the traffic group is active here.</summary>
    public void RaiseAddress() => TestNetwork.Run(Of("ip address add 10.1.0.100/32 dev external nodad"));

    public void LowerAddress() => TestNetwork.Run(Of("ip address del 10.1.0.100/32 dev external"));

    /// <summary>The client reaches the virtual address through this namespace even when nobody answers ARP for it.</summary>
    public void RouteClient() => TestNetwork.Run(Of("ip -4 route add 10.1.0.100/32 via 10.1.0.1"), ClientNamespace);

    public Socket Listen(string address, int port = 5000) => Keep(TestNetwork.In(_members, () => Listening(address, port)));

    public Socket Connect(int port, string address = "10.1.0.100") => Keep(TestNetwork.In(ClientNamespace, () =>
    {
        var socket = new Socket(_family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = PatienceMilliseconds };
        socket.Connect(new IPEndPoint(IPAddress.Parse(Of(address)), port));
        return socket;
    }));

    /// <summary>A member's connection to the client's host.</summary>
    public Socket ConnectOut(string member, int port) => Keep(TestNetwork.In(_members, () =>
    {
        var socket = new Socket(_family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = PatienceMilliseconds };
        socket.Bind(new IPEndPoint(IPAddress.Parse(Of(member)), 0));
        socket.Connect(new IPEndPoint(IPAddress.Parse(Of(Client)), port));
        return socket;
    }));

    public Socket ListenOutside(int port) => Keep(TestNetwork.In(ClientNamespace, () => Listening(Client, port)));

    public Socket ListenHere(string address, int port) => Keep(Listening(address, port));

    public Socket ConnectFromHere(string address, int port)
    {
        var socket = Keep(new Socket(_family, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = PatienceMilliseconds });
        socket.Connect(new IPEndPoint(IPAddress.Parse(Of(address)), port));
        return socket;
    }

    /// <summary>The kernel's connections of the first traffic group.</summary>
    public List<ConnectionRecord> Records()
    {
        using var thread = NamespaceThread.Enter(null);
        using var flows = new KernelFlows(thread, Services.Groups["tg1"]);
        var records = new List<ConnectionRecord>();
        flows.Dump(dumped => records.AddRange(dumped.ToArray().Where(d => d.Kind == FlowEventKind.Seen).Select(d => d.Record)));
        return records;
    }

    public void Inject(NamespaceThread thread, IEnumerable<ConnectionRecord> records)
    {
        using var flows = new KernelFlows(thread, Services.Groups["tg1"]);
        flows.Apply(
            [.. records.Select(r => new KernelOperation(KernelAction.Create, r, 0))], static _ => KernelFlows.MirroredLifetime,
            (_, reason) => throw new InvalidOperationException($"{reason}"));
    }

    public Socket DatagramsOut(string member, int port) => Keep(TestNetwork.In(_members, () =>
    {
        var socket = Datagrams(member, 0);
        socket.Connect(new IPEndPoint(IPAddress.Parse(Of(Client)), port));
        return socket;
    }));

    public Socket DatagramsOutside(int port) => Keep(TestNetwork.In(ClientNamespace, () => Datagrams(Client, port)));

    public Socket MemberDatagrams(string address) => Keep(TestNetwork.In(_members, () => Datagrams(address, 5003)));

    public Socket ClientDatagrams(string address = "10.1.0.100") => Keep(TestNetwork.In(ClientNamespace, () =>
    {
        var socket = Datagrams(Client, 0);
        socket.Connect(new IPEndPoint(IPAddress.Parse(Of(address)), 5003));
        return socket;
    }));

    /// <summary>The next connection that does not come from a monitor.</summary>
    public Socket Accept(Socket listening)
    {
        while (true)
        {
            if (!listening.Poll(PatienceMilliseconds * 1000, SelectMode.SelectRead)) throw new TimeoutException("nobody connects");
            var accepted = Keep(listening.Accept());
            accepted.ReceiveTimeout = PatienceMilliseconds;
            if (!Equals(((IPEndPoint)accepted.RemoteEndPoint!).Address, IPAddress.Parse(Of("10.2.0.1")))) return accepted;
        }
    }

    public static void Exchange((Socket Left, Socket Right) ends) => Exchange(ends.Left, ends.Right);

    /// <summary>Bytes arrive in both directions.</summary>
    public static void Exchange(Socket left, Socket right)
    {
        Carry(left, right);
        Carry(right, left);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    private static void Carry(Socket from, Socket to)
    {
        var sent = Guid.NewGuid().ToByteArray();
        from.Send(sent).ShouldBe(sent.Length);
        var received = new byte[sent.Length];
        for (var filled = 0; filled < received.Length;)
        {
            var count = to.Receive(received.AsSpan(filled));
            count.ShouldBeGreaterThan(0);
            filled += count;
        }

        received.ShouldBe(sent);
    }

    private Socket Listening(string address, int port)
    {
        var socket = new Socket(_family, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Parse(Of(address)), port));
        socket.Listen();
        return socket;
    }

    private Socket Datagrams(string address, int port)
    {
        var socket = new Socket(_family, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = PatienceMilliseconds };
        socket.Bind(new IPEndPoint(IPAddress.Parse(Of(address)), port));
        return socket;
    }

    private void Load(string? name, string doubt)
    {
        TestNetwork.Nft(Ruleset.Whole(Services, MemberHealth.AllUp).Replace("timeout 500ms", $"timeout {doubt}", StringComparison.Ordinal), name);
        OpenLease(name);
        var loose = Services.Model.DataPlane.Namespace is null ? 1 : 0; // the kernel's default, which is not ours to change in the host's namespace
        TestNetwork.Run(Of($"sysctl -qw net.ipv4.conf.all.forwarding=1 net.netfilter.nf_conntrack_tcp_loose={loose} net.netfilter.nf_conntrack_tcp_be_liberal=1 net.netfilter.nf_conntrack_events=1"), name);
    }

    private void Lease(Func<string, string> command, string? name)
    {
        var commands = command($"0x{FlowMark.GroupBits(Services.Groups["tg1"]):x8}");
        TestNetwork.Nft(string.Concat(Ruleset.GatedFamilies.Select(family => commands.Replace("FAMILY", family))), name);
    }

    [GeneratedRegex(@"10\.(?<net>\d)\.0\.(?<host>\d+)(?<port>(/\d+)?:(\d+|\*))?", RegexOptions.ExplicitCapture)]
    private static partial Regex Addresses();

    /// <summary>Open until the test is over, whoever else forgets it.</summary>
    public Socket Keep(Socket socket)
    {
        _sockets.Add(socket);
        return socket;
    }
}
