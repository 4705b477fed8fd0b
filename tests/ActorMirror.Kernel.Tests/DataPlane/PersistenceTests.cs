using System.Net;
using System.Net.Sockets;
using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.Persistence;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>Clients that return, with packets, of either family.</summary>
public abstract class PersistenceTests : IAsyncDisposable
{
    private const int Clients = 8;

    private const string Configuration = """
        persistence-profiles {
          returning { type = source-address, mirror = on, timeout = 300 s }
          server { type = source-address, match-across-services = on }
          network { type = source-address, mask-v4 = 24, mask-v6 = 64 }
        }
        pools.round { members = [{ address = "10.2.0.11:5000" }, { address = "10.2.0.12:5000" }] }
        pools.secure { members = [{ address = "10.2.0.11:5443" }, { address = "10.2.0.12:5443" }] }
        virtual-servers {
          weighted { pool = round, persistence = returning, mirror = on }
          shop { destination = "10.1.0.100:5020", vlan = external, pool = round, persistence = server, traffic-group = tg1 }
          shop-secure { destination = "10.1.0.100:5443", vlan = external, pool = secure, persistence = server, traffic-group = tg1 }
          office { destination = "10.1.0.100:5021", vlan = external, pool = round, persistence = network, traffic-group = tg1 }
        }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BalancedNetwork _network;
    private readonly NamespaceThread _thread = NamespaceThread.Enter(null);
    private readonly PersistenceMaps _maps;
    private readonly List<IAsyncDisposable> _tables = [];

    protected PersistenceTests(bool ipv6)
    {
        _network = new BalancedNetwork(ipv6, change: Configuration);
        _maps = new PersistenceMaps(_thread);
        for (var i = 0; i < Clients; i++) TestNetwork.Run(_network.Of($"ip address add 10.1.0.{20 + i}/24 dev eth0 nodad"), _network.ClientNamespace);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var table in _tables) await table.DisposeAsync();
        _maps.Dispose();
        _thread.Dispose();
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    [NamespaceFact]
    public void A_client_reaches_the_member_it_had_and_clients_are_spread_evenly()
    {
        var members = Members(5000);
        var first = Enumerable.Range(0, Clients).Select(c => Ask(members, c, 5000)).ToList();
        first.Count(m => m == 0).ShouldBe(Clients / 2);
        for (var round = 0; round < 3; round++) Enumerable.Range(0, Clients).Select(c => Ask(members, c, 5000)).ShouldBe(first);
    }

    [NamespaceFact]
    public void One_server_serves_a_client_on_all_ports_and_a_network_is_one_client()
    {
        var (plain, secure) = (Members(5000), Members(5443));
        for (var client = 0; client < Clients; client++)
        {
            var had = client % 2 == 0 ? Ask(plain, client, 5020) : Ask(secure, client, 5443);
            Ask(plain, client, 5020).ShouldBe(had);
            Ask(secure, client, 5443).ShouldBe(had);
        }

        Enumerable.Range(0, Clients).Select(c => Ask(plain, c, 5021)).Distinct().Count().ShouldBe(1);
    }

    [NamespaceFact]
    public async Task What_the_table_writes_lives_for_what_is_left_of_it_and_replaces_what_a_packet_chose()
    {
        var members = Members(5000);
        var chosen = Ask(members, 0, 5000);
        var scope = Scope("weighted");
        var service = _network.Service("weighted");
        var (key, other) = (new PersistenceKey(scope.Number, AddressOf(0)), service.Members[1 - chosen].Mark);
        var added = _maps.Read(scope).ShouldHaveSingleItem();
        (added.Client, added.Mark, added.Timeout).ShouldBe((AddressOf(0), service.Members[chosen].Mark, null));

        // As it was told nothing of this client, the map's own word is found by listing it.
        var record = new PersistenceRecord(key, other, TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(100));
        _maps.Apply([new PersistenceChange(record, false, default, true)]);
        var element = _maps.Read(scope).ShouldHaveSingleItem();
        (element.Mark, element.Timeout).ShouldBe((other, TimeSpan.FromSeconds(300)));
        element.Expires.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(100));
        Ask(members, 0, 5000).ShouldBe(1 - chosen);

        // Told again, and another member: no listing is needed.
        _maps.Apply([new PersistenceChange(record with { Remaining = TimeSpan.FromSeconds(300) }, false, other, true)]);
        _maps.Read(scope).ShouldHaveSingleItem().Expires.ShouldBeGreaterThan(TimeSpan.FromSeconds(200));
        _maps.Apply([new PersistenceChange(record, true, other, true), new PersistenceChange(record with { Key = key with { Value = AddressOf(1) } }, true, other, true)]);
        _maps.Read(scope).ShouldBeEmpty();

        // A packet's choice ends by itself, soon.
        _maps.Apply([new PersistenceChange(record with { Remaining = TimeSpan.FromMilliseconds(1) }, false, default, true)]);
        await UntilAsync(() => _maps.Read(scope).Count == 0);
    }

    [NamespaceFact]
    public void A_member_that_is_down_loses_its_clients_with_its_place_in_the_choice()
    {
        var members = Members(5000);
        var had = Enumerable.Range(0, Clients).Select(c => Ask(members, c, 5000)).ToList();
        var (scope, service) = (Scope("weighted"), _network.Service("weighted"));
        var down = MemberHealth.AllUp.With("round", service.Members[0].Member.Endpoint, up: false);
        TestNetwork.Nft(Ruleset.Reselect(service, down) + _maps.Without(scope, mark => mark == service.Members[0].Mark));

        _maps.Read(scope).ShouldAllBe(e => e.Mark == service.Members[1].Mark);
        Enumerable.Range(0, Clients).Select(c => Ask(members, c, 5000)).ShouldAllBe(m => m == 1);

        // Back again it is given new clients only; those it had stay where they went.
        TestNetwork.Nft(Ruleset.Reselect(service, MemberHealth.AllUp));
        Enumerable.Range(0, Clients).Select(c => Ask(members, c, 5000)).ShouldAllBe(m => m == 1);
        had.ShouldContain(0);
    }

    [NamespaceFact]
    public void Whoever_the_map_sends_to_a_member_that_is_down_is_chosen_for_anew()
    {
        var members = Members(5000);
        var (scope, service) = (Scope("weighted"), _network.Service("weighted"));
        var record = new PersistenceRecord(new(scope.Number, AddressOf(0)), service.Members[0].Mark, TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(300));
        _maps.Apply([new PersistenceChange(record, false, default, true)]);
        TestNetwork.Nft(Ruleset.Reselect(service, MemberHealth.AllUp.With("round", service.Members[0].Member.Endpoint, up: false)));
        Ask(members, 0, 5000).ShouldBe(1);
        Ask(members, 0, 5000).ShouldBe(1);
    }

    [NamespaceFact]
    public async Task The_table_knows_who_connected_and_the_kernel_keeps_them_for_the_profiles_time()
    {
        var table = Keep(new OwnTable(_network));
        var members = Members(5000);
        var had = Enumerable.Range(0, Clients).Select(c => Ask(members, c, 5000)).ToList();
        var service = _network.Service("weighted");
        await UntilAsync(() => Kept().Count == Clients);
        Kept().ShouldBe(had.Select((m, c) => (AddressOf(c), service.Members[m].Mark)), ignoreOrder: true);

        var records = await ListAsync(table.Tell);
        records.Select(v => (v.Record.Key.Value, v.Record.Mark)).ShouldBe(Kept(), ignoreOrder: true);
        records.ShouldAllBe(v => !v.IsProtected);

        // Deleted by an operator, and with a member that is down: gone in the kernel too.
        var deleted = new TaskCompletionSource<int?>(TaskCreationOptions.RunContinuationsAsynchronously);
        table.Tell(new TableMessage.DeleteRecords(r => r.Key.Value == AddressOf(0), deleted.SetResult));
        (await deleted.Task).ShouldBe(1);
        await UntilAsync(() => Kept().Count == Clients - 1);
        table.Tell(new TableMessage.MemberChanged([service.Members[0].Mark], IsUp: false));
        await UntilAsync(() => Kept().All(k => k.Mark == service.Members[1].Mark));
        (await ListAsync(table.Tell)).ShouldAllBe(v => v.Record.Mark == service.Members[1].Mark);
    }

    [NamespaceFact]
    public async Task A_table_that_fails_begins_anew_with_the_clients_the_kernel_holds()
    {
        var table = Keep(new OwnTable(_network));
        var members = Members(5000);
        for (var client = 0; client < Clients; client++) Ask(members, client, 5000);
        await UntilAsync(() => Kept().Count == Clients);
        table.KillAt(nameof(TableMessage.MemberChanged));
        table.Tell(new TableMessage.MemberChanged([], IsUp: true));
        (await ListAsync(table.Tell)).Select(v => (v.Record.Key.Value, v.Record.Mark)).ShouldBe(Kept(), ignoreOrder: true);
        Kept().Count.ShouldBe(Clients);
    }

    [NamespaceFact]
    public async Task A_mirror_has_the_clients_in_its_kernel_and_goes_on_with_them()
    {
        var second = _network.AddSecondDevice();
        using var there = NamespaceThread.Enter(second);
        using var maps = new PersistenceMaps(there);
        var members = Members(5000);
        var early = Enumerable.Range(0, 2).Select(c => Ask(members, c, 5000)).ToList();
        var pair = Keep(new TablePair(_network.Services, second, TimeSpan.FromHours(1)));
        early.AddRange(Enumerable.Range(2, Clients - 2).Select(c => Ask(members, c, 5000)));

        // Those before the channel come with the snapshot.
        await UntilAsync(() => Kept(maps).Count == Clients);
        var service = _network.Service("weighted");
        Kept(maps).ShouldBe(early.Select((m, c) => (AddressOf(c), service.Members[m].Mark)), ignoreOrder: true);
        await UntilAsync(() => pair.Active.Outgoing?.Channel.State == MirrorChannelState.InSync);
        var shown = await ListAsync(pair.TellActive);
        shown.Count.ShouldBe(Clients);
        for (var all = shown; !all.All(v => v.IsProtected); all = await ListAsync(pair.TellActive))
        {
            // Acknowledged in a moment.
        }

        // What is deleted is deleted there; a member that only this mirror had down gets its clients back.
        pair.TellActive(new TableMessage.DeleteRecords(r => r.Key.Value == AddressOf(0), _ => { }));
        await UntilAsync(() => Kept(maps).Count == Clients - 1);
        TestNetwork.Nft(maps.Without(Scope("weighted"), _ => true), second);
        Kept(maps).ShouldBeEmpty();
        pair.TellMirror(new TableMessage.MemberChanged([.. service.Members.Select(m => m.Mark)], IsUp: true));
        await UntilAsync(() => Kept(maps).Count == Clients - 1);

        await pair.TakeOverAsync();
        var inherited = await ListAsync(pair.TellMirror);
        while (inherited.Count > 0 && inherited[0].Connections is null) inherited = await ListAsync(pair.TellMirror);
        inherited.Select(v => (v.Record.Key.Value, v.Record.Mark)).ShouldBe(Kept(maps), ignoreOrder: true);
        _network.MoveTo(second, "10.1.0.100");
        for (var client = 1; client < Clients; client++) Ask(members, client, 5000).ShouldBe(early[client]);
    }

    private Socket[] Members(int port) => [_network.Listen(BalancedNetwork.First, port), _network.Listen(BalancedNetwork.Second, port)];

    /// <summary>Which member a client's new connection reaches.</summary>
    private int Ask(Socket[] members, int client, int port)
    {
        using var socket = _network.Keep(TestNetwork.In(_network.ClientNamespace, () =>
        {
            var one = new Socket(AddressOf(client).ToIPAddress().AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
            one.Bind(new IPEndPoint(AddressOf(client).ToIPAddress(), 0));
            one.Connect(new IPEndPoint(IPAddress.Parse(_network.Of("10.1.0.100")), port));
            return one;
        }));
        var ready = new List<Socket>(members);
        Socket.Select(ready, null, null, Patience);
        var member = ready.ShouldHaveSingleItem();
        using var accepted = _network.Accept(member);
        BalancedNetwork.Exchange(socket, accepted);
        return Array.IndexOf(members, member);
    }

    private Address AddressOf(int client) => Address.Parse(_network.Of($"10.1.0.{20 + client}"));

    private PersistenceScope Scope(string server) => _network.Services.Scopes.Single(s => s.Services.Any(v => v.Server.Name == server));

    private List<(Address Client, FlowMark Mark)> Kept(PersistenceMaps? maps = null) =>
        [.. (maps ?? _maps).Read(Scope("weighted")).Where(e => e.Timeout == TimeSpan.FromSeconds(300)).Select(e => (e.Client, e.Mark))];

    private static async Task<List<PersistenceView>> ListAsync(Action<TableMessage> tell)
    {
        var page = new TaskCompletionSource<RecordPage>(TaskCreationOptions.RunContinuationsAsynchronously);
        tell(new TableMessage.ListRecords(_ => true, 0, 1000, page.SetResult));
        return [.. (await page.Task.WaitAsync(Patience)).Records];
    }

    private T Keep<T>(T table)
        where T : IAsyncDisposable
    {
        _tables.Add(table);
        return table;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (; !condition(); patience.Token.ThrowIfCancellationRequested()) await Task.Yield();
    }
}

public sealed class Ipv4PersistenceTests() : PersistenceTests(ipv6: false);

public sealed class Ipv6PersistenceTests() : PersistenceTests(ipv6: true);
