using System.Net.Sockets;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.DataPlane;

public sealed class Ipv4FtpTests() : FtpTests(ipv6: false);

public sealed class Ipv6FtpTests() : FtpTests(ipv6: true);

/// <summary>FTP through a virtual server of its profile, with SNAT and without: here, and on a device that takes over from here.</summary>
public abstract class FtpTests(bool ipv6) : IAsyncDisposable
{
    private const int Gateway = 21;
    private const int Automap = 2121;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BalancedNetwork _network = new(ipv6, change: """
        pools.files { members = [{ address = "10.2.0.13:21" }] }
        virtual-servers {
          files { destination = "10.1.0.100:21", vlan = external, pool = files, profile = ftp, snat = none, mirror = on, traffic-group = tg1 }
          files-automap { destination = "10.1.0.100:2121", vlan = external, pool = files, profile = ftp, snat = automap, mirror = on, traffic-group = tg1 }
        }
        """);

    private TablePair? _pair;
    private string? _second;

    public async ValueTask DisposeAsync()
    {
        if (_pair is not null) await _pair.DisposeAsync();
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    [NamespaceFact]
    public void Data_connections_are_those_of_their_virtual_server_and_member_with_a_gateway() => DataConnectionsAreTheirs(Gateway, "10.1.0.2");

    [NamespaceFact]
    public void Data_connections_are_those_of_their_virtual_server_and_member_with_automap() => DataConnectionsAreTheirs(Automap, "10.2.0.254");

    [NamespaceFact]
    public void A_port_that_nobody_announced_is_refused()
    {
        using var listening = _network.Listen(BalancedNetwork.Third, 21);
        using var unannounced = _network.Listen(BalancedNetwork.Third, 51_000);
        var session = new FtpSession(_network, ipv6, listening, Gateway);
        var passive = session.Passive();
        passive.Told.Port = 51_000;
        Should.Throw<SocketException>(() => session.Connect(passive)).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [NamespaceFact]
    public Task A_second_device_carries_sessions_on_with_a_gateway() => SecondDeviceCarriesOnAsync(Gateway);

    [NamespaceFact]
    public Task A_second_device_carries_sessions_on_with_automap() => SecondDeviceCarriesOnAsync(Automap);

    [NamespaceFact]
    public async Task What_is_taken_out_of_the_table_is_put_back_as_it_was()
    {
        using var listening = _network.Listen(BalancedNetwork.Third, 21);
        await StartAsync();
        var session = new FtpSession(_network, ipv6, listening, Gateway);
        BalancedNetwork.Exchange(session.Connect(session.Passive()));
        var passive = session.Passive();
        await UntilAsync(() => Helped(null, session, Gateway)?.Expected is not null && _pair!.Active.Mirrored is { Open: 2, Protected: 2 });
        var before = Helped(null, session, Gateway);
        await UntilHeldAsync(session, Gateway);

        TestNetwork.Run(_network.Of("conntrack -D -p tcp --dport 21"));
        await UntilAsync(() => Helped(null, session, Gateway) == before);

        BalancedNetwork.Exchange(session.Connect(passive));
        session.Reply("226 done");
    }

    private void DataConnectionsAreTheirs(int port, string client)
    {
        using var listening = _network.Listen(BalancedNetwork.Third, 21);
        var session = new FtpSession(_network, ipv6, listening, port);
        var passive = session.Passive();
        passive.Told.Address.ToString().ShouldBe(_network.Of("10.1.0.100"));
        BalancedNetwork.Exchange(session.Connect(passive));
        var active = session.Active();
        active.Told.Address.ToString().ShouldBe(_network.Of(client));
        BalancedNetwork.Exchange(session.Answer(active));
        session.Reply("226 done");

        using var thread = NamespaceThread.Enter(null);
        using var flows = new KernelFlows(thread, _network.Services.Groups["tg1"]);
        var seen = new List<FlowEvent>();
        flows.Dump(dumped => seen.AddRange(dumped));
        var control = seen.Single(s => s.HasHelper).Record;
        seen.Where(s => s.Kind == FlowEventKind.Seen).Select(s => s.Record.Mark.Value & ~FlowMark.Closing).ShouldBe(Enumerable.Repeat(control.Mark.Value, 3));
        seen.Where(s => s.Kind == FlowEventKind.Expected).Select(s => s.Record.Reply).ShouldBe([control.Original, control.Original]);
        flows.Helped(control.Original)!.Expected.ShouldBeNull();
    }

    /// <summary>One session in a transfer, one between the reply to PASV and the connection, one between PORT and the connection.</summary>
    private async Task SecondDeviceCarriesOnAsync(int port)
    {
        using var listening = _network.Listen(BalancedNetwork.Third, 21);
        await StartAsync();
        var sessions = Enumerable.Range(0, 4).Select(_ => new FtpSession(_network, ipv6, listening, port)).ToList();
        BalancedNetwork.Exchange(sessions[1].Connect(sessions[1].Passive())); // its sequence numbers are moved twice
        var running = sessions[0].Connect(sessions[0].Passive());
        BalancedNetwork.Exchange(running);
        var passive = sessions[1].Passive();
        var active = sessions[2].Active();
        await UntilAsync(() => _pair!.Active.Mirrored is { Open: 6, Protected: 6 });
        foreach (var session in sessions) await UntilHeldAsync(session, port);
        Helped(_second, sessions[1], port)!.Expected.ShouldNotBeNull();
        Helped(_second, sessions[2], port)!.Expected.ShouldNotBeNull();

        await _pair!.TakeOverAsync();
        _network.MoveTo(_second!, "10.1.0.100");
        if (port == Automap) TestNetwork.Run(_network.Of("ip address add 10.2.0.254/32 dev internal nodad"), _second);

        BalancedNetwork.Exchange(running);
        sessions[0].Reply("226 done");
        BalancedNetwork.Exchange(sessions[1].Connect(passive));
        sessions[1].Reply("226 done");
        BalancedNetwork.Exchange(sessions[2].Answer(active));
        foreach (var session in sessions)
        {
            session.Command("NOOP");
            session.Reply("200 fine");
            BalancedNetwork.Exchange(session.Connect(session.Passive()));
            BalancedNetwork.Exchange(session.Answer(session.Active()));
        }

        await UntilAsync(() => _pair.Mirror.Mirrored.Open == 6 + 2 + 8); // the new active counts its own
    }

    private async Task StartAsync()
    {
        _second = _network.AddSecondDevice();
        _pair = new TablePair(_network.Services, _second, TimeSpan.FromHours(1));
        await UntilAsync(() => _pair.Active.Outgoing?.Channel.State == MirrorChannelState.InSync);
    }

    /// <summary>The second device's kernel holds what a helper did here.</summary>
    private async Task UntilHeldAsync(FtpSession session, int port)
    {
        var (here, there) = (Helped(null, session, port), Helped(_second, session, port));
        using var patience = new CancellationTokenSource(Patience);
        for (; here is null || here != there; (here, there) = (Helped(null, session, port), Helped(_second, session, port)))
        {
            if (patience.IsCancellationRequested) throw new TimeoutException($"here {here}, there {there}, {_pair!.Active.Mirrored} of {string.Join(", ", _pair.Active.Exposed.Reasons)}");
            await Task.Yield();
        }
    }

    private HelperState? Helped(string? name, FtpSession session, int port)
    {
        using var thread = NamespaceThread.Enter(name);
        using var flows = new KernelFlows(thread, _network.Services.Groups["tg1"]);
        var client = new Endpoint(Address.Parse(session.Client.Address.ToString()), (ushort)session.Client.Port);
        return flows.Helped(new FlowKey(TransportProtocol.Tcp, client, new Endpoint(Address.Parse(_network.Of("10.1.0.100")), (ushort)port)));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (; !condition(); patience.Token.ThrowIfCancellationRequested()) await Task.Yield();
    }
}
