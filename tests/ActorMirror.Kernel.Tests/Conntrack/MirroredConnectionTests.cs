using System.Net;
using System.Net.Sockets;
using ActorMirror.Kernel.Conntrack;

namespace ActorMirror.Kernel.Tests.Conntrack;

/// <summary>
/// What it is all for: packets of a connection that this namespace never saw begin are carried by an injected entry.
/// client 10.1.0.2 -- 10.1.0.1 (this namespace) 10.2.0.1 -- member 10.2.0.2
/// </summary>
public sealed class MirroredConnectionTests : IDisposable
{
    private const int PatienceMilliseconds = 60_000;

    private readonly string _client = TestNetwork.Add("client");
    private readonly string _member = TestNetwork.Add("member");
    private readonly ConntrackTable _table;
    private readonly ConntrackBatch _batch = new();

    public MirroredConnectionTests()
    {
        TestNetwork.Connect(TestNetwork.Own, "external", "10.1.0.1/24", _client, "eth0", "10.1.0.2/24");
        TestNetwork.Connect(TestNetwork.Own, "internal", "10.2.0.1/24", _member, "eth0", "10.2.0.2/24");
        TestNetwork.Run("ip address add 10.1.0.100/32 dev external");
        TestNetwork.Run("ip route add default via 10.2.0.1", _member);
        TestNetwork.Run("sysctl -qw net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_events=1 net.netfilter.nf_conntrack_tcp_loose=0");
        Translate(rule: "ip daddr 10.1.0.100 tcp dport 5000 ct mark set 0xa0401002 dnat to 10.2.0.2:5001");
        _table = ConntrackTable.Open();
    }

    public void Dispose() => _table.Dispose();

    [NamespaceFact]
    public void A_connection_goes_on_through_a_copy_of_its_entry()
    {
        using var listening = Listen();
        using var client = Connect();
        using var member = listening.Accept();
        Carry(client, member, "before");
        var entry = Dump().ShouldHaveSingleItem();
        entry.Tcp.State.ShouldBe(TcpState.Established);

        // The entry is lost, as it is on a device that never had it: without it not a segment passes.
        TakeOver(entry, batch => { });
        client.Send("lost?"u8);
        AwaitGuard();

        // TCP repeats what was lost; the copy carries it.
        _batch.Create(in entry, 600);
        _table.Execute(_batch).ShouldBe(0);
        Receive(member, 5).ShouldBe("lost?");
        Carry(client, member, "after");
        Carry(member, client, "back");
    }

    [NamespaceFact]
    public void Source_translation_is_copied_too()
    {
        TestNetwork.Run("ip address add 10.2.0.50/32 dev internal");
        TestNetwork.Nft("""
            table ip am_snat {
              chain post {
                type nat hook postrouting priority srcnat; policy accept;
                oifname "internal" snat to 10.2.0.50
              }
            }
            """);
        using var listening = Listen();
        using var client = Connect();
        using var member = listening.Accept();
        ((IPEndPoint)member.RemoteEndPoint!).Address.ToString().ShouldBe("10.2.0.50");
        Carry(client, member, "before");
        var entry = Dump().ShouldHaveSingleItem();
        TakeOver(entry, batch => batch.Create(in entry, 600));
        Carry(client, member, "after");
        Carry(member, client, "back");
    }

    [NamespaceFact]
    public void A_UDP_flow_is_carried_from_its_first_datagram()
    {
        using var member = TestNetwork.In(_member, () => Udp(new IPEndPoint(IPAddress.Parse("10.2.0.2"), 5001)));
        using var client = TestNetwork.In(_client, () => Udp(new IPEndPoint(IPAddress.Parse("10.1.0.2"), 40000)));
        Translate(rule: "ip daddr 10.1.0.100 udp dport 9 dnat to 10.2.0.2:9");
        _batch.Create(Samples.Udp(40000), 600);
        _table.Execute(_batch).ShouldBe(0);

        client.SendTo("to the member"u8, new IPEndPoint(IPAddress.Parse("10.1.0.100"), 5000));
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var buffer = new byte[64];
        member.ReceiveFrom(buffer, ref from).ShouldBe("to the member".Length);
        from.ToString().ShouldBe("10.1.0.2:40000");
        member.SendTo("and back"u8, from);
        client.ReceiveFrom(buffer, ref from).ShouldBe("and back".Length);
        from.ToString().ShouldBe("10.1.0.100:5000");
    }

    [NamespaceFact]
    public async Task A_real_connection_is_heard_with_its_mark_scales_and_close()
    {
        var observer = new RecordingObserver();
        using var listener = ConntrackListener.Open(new ConntrackListenerOptions(Samples.Ours, Samples.OursMask));
        listener.Start(observer);
        using var listening = Listen();
        var client = Connect();
        using var member = listening.Accept();
        (await observer.NextAsync()).Kind.ShouldBe(ConntrackEventKind.New);
        var established = await observer.NextAsync(happened => happened.Entry.Status.HasFlag(ConntrackStatus.Assured));
        established.Entry.Mark.ShouldBe(Samples.Mark);
        established.Entry.Tcp.State.ShouldBe(TcpState.Established);
        established.Entry.Tcp.FlagsOriginal.HasFlag(TcpFlags.WindowScale).ShouldBeTrue();
        established.Entry.Tcp.WindowScaleOriginal.ShouldBeInRange((byte)1, (byte)14);
        established.Entry.Reply.Source.ShouldBe(Samples.Address("10.2.0.2"));
        established.Entry.Reply.SourcePort.ShouldBe((ushort)5001);
        client.Dispose();
        (await observer.NextAsync(happened => happened.Entry.Tcp.State == TcpState.FinWait)).Kind.ShouldBe(ConntrackEventKind.Update);
    }

    /// <summary>Replaces the entry as a failover would: gone here, then whatever the batch does; the ruleset no longer translates anything itself.</summary>
    private void TakeOver(ConntrackEntry entry, Action<ConntrackBatch> change)
    {
        Translate(rule: "ip daddr 192.0.2.1 tcp dport 9 dnat to 192.0.2.2");
        _batch.Clear();
        _batch.Delete(entry.Original);
        change(_batch);
        _table.Execute(_batch).ShouldBe(0);
        _batch.Clear();
    }

    private static void Translate(string rule) => TestNetwork.Nft($$"""
        table ip am
        delete table ip am
        table ip am {
          counter guarded {
          }
          chain guard {
            type filter hook prerouting priority mangle; policy accept;
            ct state invalid counter name guarded drop
          }
          chain pre {
            type nat hook prerouting priority dstnat; policy accept;
            {{rule}}
          }
        }
        """);

    /// <summary>Waits until the guard has dropped a segment that belongs to no entry.</summary>
    private static void AwaitGuard()
    {
        using var patience = new CancellationTokenSource(PatienceMilliseconds);
        while (TestNetwork.Run("nft list counter ip am guarded").Contains("packets 0 ", StringComparison.Ordinal))
            patience.Token.ThrowIfCancellationRequested();
    }

    private Socket Listen() => TestNetwork.In(_member, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("10.2.0.2"), 5001));
        socket.Listen();
        return socket;
    });

    private Socket Connect() => TestNetwork.In(_client, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(new IPEndPoint(IPAddress.Parse("10.1.0.100"), 5000));
        return socket;
    });

    private static Socket Udp(IPEndPoint local)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = PatienceMilliseconds };
        socket.Bind(local);
        return socket;
    }

    private static void Carry(Socket from, Socket to, string text)
    {
        from.Send(System.Text.Encoding.ASCII.GetBytes(text));
        Receive(to, text.Length).ShouldBe(text);
    }

    private static string Receive(Socket socket, int length)
    {
        socket.ReceiveTimeout = PatienceMilliseconds;
        var buffer = new byte[length];
        for (var filled = 0; filled < length;)
        {
            var received = socket.Receive(buffer.AsSpan(filled));
            received.ShouldBeGreaterThan(0);
            filled += received;
        }

        return System.Text.Encoding.ASCII.GetString(buffer);
    }

    private List<ConntrackEntry> Dump()
    {
        var all = new List<ConntrackEntry>();
        _table.Dump(Samples.Ours, Samples.OursMask, entries => all.AddRange(entries));
        return all;
    }
}
