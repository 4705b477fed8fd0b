using System.Diagnostics;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Tests.Conntrack;

/// <summary>Dumps and batches against the kernel's table.</summary>
public sealed class ConntrackTableTests : IDisposable
{
    private readonly ConntrackTable _table;
    private readonly ConntrackBatch _batch = new();

    public ConntrackTableTests()
    {
        TestNetwork.Nft(Samples.NatInForce);
        _table = ConntrackTable.Open();
    }

    public void Dispose() => _table.Dispose();

    [NamespaceFact]
    public void A_created_entry_is_shown_with_its_translations()
    {
        var entry = Samples.Tcp(40000);
        _batch.Create(in entry, timeoutSeconds: 600);
        Execute().ShouldBeEmpty();

        var shown = Dump().ShouldHaveSingleItem();
        shown.Original.ShouldBe(entry.Original);
        shown.Reply.ShouldBe(entry.Reply);
        shown.Mark.ShouldBe(entry.Mark);
        shown.TimeoutSeconds.ShouldBeInRange(1u, 600u);
        shown.Status.ShouldBe(
            ConntrackStatus.SeenReply | ConntrackStatus.Assured | ConntrackStatus.Confirmed
            | ConntrackStatus.DstNat | ConntrackStatus.SrcNatDone | ConntrackStatus.DstNatDone);
        (shown.Tcp.State, shown.Tcp.WindowScaleOriginal, shown.Tcp.WindowScaleReply).ShouldBe((TcpState.Established, (byte)7, (byte)9));
        shown.Tcp.FlagsOriginal.ShouldBe(TcpFlags.WindowScale | TcpFlags.SackPerm | TcpFlags.BeLiberal);
        shown.Tcp.FlagsReply.ShouldBe(shown.Tcp.FlagsOriginal);
        _table.Get(entry.Original).ShouldNotBeNull().Id.ShouldBe(shown.Id);
    }

    [NamespaceFact]
    public void Source_and_destination_translation_together()
    {
        var entry = Samples.Udp(40000);
        entry = entry with { Reply = entry.Reply with { Destination = Samples.Address("10.2.0.50"), DestinationPort = 30000 } };
        _batch.Create(in entry, 600);
        Execute().ShouldBeEmpty();
        var shown = Dump().ShouldHaveSingleItem();
        shown.Reply.ShouldBe(entry.Reply);
        shown.Status.HasFlag(ConntrackStatus.SrcNat | ConntrackStatus.DstNat).ShouldBeTrue();
    }

    [NamespaceFact]
    public void An_IPv6_entry_is_created_and_shown()
    {
        TestNetwork.Nft("table ip6 am { chain pre { type nat hook prerouting priority dstnat; tcp dport 9 dnat to 2001:db8::9; }; }");
        var entry = Samples.Tcp(40000) with
        {
            Original = new ConntrackTuple(ConntrackTuple.Tcp, Samples.Address("2001:db8::2"), 40000, Samples.Address("2001:db8::100"), 5000),
            Reply = new ConntrackTuple(ConntrackTuple.Tcp, Samples.Address("2001:db8:1::2"), 5001, Samples.Address("2001:db8::2"), 40000),
        };
        _batch.Create(in entry, 600);
        Execute().ShouldBeEmpty();
        Dump().ShouldHaveSingleItem().Reply.ShouldBe(entry.Reply);
    }

    [NamespaceFact]
    public void Every_refusal_names_its_place_and_the_rest_is_applied()
    {
        var existing = Samples.Tcp(40000);
        _batch.Create(in existing, 600);
        Execute().ShouldBeEmpty();

        // 1,000 entries are several system calls; every seventh is the one that exists.
        var expected = new List<ConntrackFailure>();
        for (var index = 0; index < 1000; index++)
        {
            var taken = index % 7 == 3;
            _batch.Create(taken ? existing : Samples.Tcp((ushort)(41000 + index)), 600);
            if (taken) expected.Add(new ConntrackFailure(index, Errno.EEXIST));
        }

        _batch.Refresh(Samples.Tcp(1).Original, 10);
        expected.Add(new ConntrackFailure(1000, Errno.ENOENT));
        _batch.Delete(Samples.Tcp(2).Original);
        expected.Add(new ConntrackFailure(1001, Errno.ENOENT));
        Execute().ShouldBe(expected);
        expected[0].Failure.ShouldBe(NetlinkFailure.Exists);
        Dump().Count.ShouldBe(1001 - expected.Count(failure => failure.Errno == Errno.EEXIST));
    }

    [NamespaceFact]
    public void Changes_of_one_tuple_keep_their_order()
    {
        var old = Samples.Tcp(40000);
        var renewed = old with { Reply = old.Reply with { Source = Samples.Address("10.2.0.3") } };
        _batch.Create(in old, 600);
        _batch.Delete(old.Original);
        _batch.Create(in renewed, 600);
        Execute().ShouldBeEmpty();
        Dump().ShouldHaveSingleItem().Reply.ShouldBe(renewed.Reply);

        _batch.Delete(old.Original);
        _batch.Create(in old, 600);
        _batch.Delete(old.Original);
        Execute().ShouldBeEmpty();
        Dump().ShouldBeEmpty();
    }

    [NamespaceFact]
    public void Refresh_and_update_change_what_they_name_only()
    {
        var entry = Samples.Tcp(40000);
        _batch.Create(in entry, 600);
        _batch.Refresh(entry.Original, 6000);
        Execute().ShouldBeEmpty();
        Dump().ShouldHaveSingleItem().TimeoutSeconds.ShouldBeInRange(601u, 6000u);

        _batch.Update(entry.Original, new ConntrackChange { Mark = 0xffff_fff1, MarkMask = 0xf });
        Execute().ShouldBeEmpty();
        Dump().ShouldHaveSingleItem().Mark.ShouldBe((Samples.Mark & ~0xfu) | 1, "bits outside of the mask stay, whatever the value says of them");

        _batch.Update(entry.Original, new ConntrackChange
        {
            Tcp = new ConntrackTcp(TcpState.FinWait, 7, 9, TcpFlags.None, TcpFlags.None),
            TcpFlagsMask = TcpFlags.BeLiberal,
        });
        Execute().ShouldBeEmpty();
        var shown = Dump().ShouldHaveSingleItem();
        shown.Tcp.ShouldBe(new ConntrackTcp(TcpState.FinWait, 7, 9, TcpFlags.WindowScale | TcpFlags.SackPerm, TcpFlags.WindowScale | TcpFlags.SackPerm));
        shown.TimeoutSeconds.ShouldBeGreaterThan(600u);
        shown.Reply.ShouldBe(entry.Reply);
    }

    [NamespaceFact]
    public void Delete_with_a_number_spares_another_entry_on_the_tuple()
    {
        var entry = Samples.Tcp(40000);
        _batch.Create(in entry, 600);
        Execute().ShouldBeEmpty();
        var id = Dump().ShouldHaveSingleItem().Id;
        _batch.Delete(entry.Original, id + 1);
        Execute().ShouldBe([new ConntrackFailure(0, Errno.ENOENT)]);
        _batch.Delete(entry.Original, id);
        Execute().ShouldBeEmpty();
        Dump().ShouldBeEmpty();
        _table.Get(entry.Original).ShouldBeNull();
    }

    [NamespaceFact]
    public void A_dump_shows_the_marks_asked_for_in_pieces()
    {
        for (var index = 0; index < 1000; index++) _batch.Create(Samples.Udp((ushort)(10000 + index)), 600);
        for (var index = 0; index < 10; index++) _batch.Create(Samples.Udp((ushort)(20000 + index), mark: 0x5000_0001), 600);
        Execute().ShouldBeEmpty();

        var pieces = 0;
        var ports = new HashSet<ushort>();
        _table.Dump(Samples.Ours, Samples.OursMask, entries =>
        {
            pieces++;
            foreach (var entry in entries) ports.Add(entry.Original.SourcePort).ShouldBeTrue();
        });
        ports.ShouldBe(Enumerable.Range(10000, 1000).Select(port => (ushort)port), ignoreOrder: true);
        pieces.ShouldBe(4);
        _table.Usage().Entries.ShouldBe(1010u);
        _table.Usage().Maximum.ShouldBeGreaterThan(1010u);
    }

    [NamespaceFact]
    public void A_refused_message_carries_the_errno_and_its_number()
    {
        using var socket = NetlinkSocket.Open(NetlinkFamily.Netfilter);
        var writer = new NetlinkWriter(new byte[256]);
        writer.BeginMessage(0x1ff, NetlinkFlags.Request | NetlinkFlags.Ack, socket.NextSequence());
        writer.PutHeader(2u);
        writer.EndMessage();
        var message = writer.Written.ToArray();
        var refused = Should.Throw<NetlinkException>(() => socket.Request(message, "an operation that does not exist"));
        (refused.Errno, refused.Failure, refused.Sequence).ShouldBe((Errno.EINVAL, NetlinkFailure.Refused, 1u));
    }

    [NamespaceFact]
    public void Rates_are_printed()
    {
        const int Entries = 20_000, BatchSize = 200;
        Measure("create", port => _batch.Create(Samples.Tcp(port), 600));
        Measure("refresh", port => _batch.Refresh(Samples.Tcp(port).Original, 700));
        Dump().Count.ShouldBe(Entries);
        Measure("delete", port => _batch.Delete(Samples.Tcp(port).Original));
        Dump().ShouldBeEmpty();

        void Measure(string what, Action<ushort> add)
        {
            var clock = Stopwatch.StartNew();
            var processor = Environment.CpuUsage.TotalTime;
            for (var start = 0; start < Entries; start += BatchSize)
            {
                _batch.Clear();
                for (var port = start; port < start + BatchSize; port++) add((ushort)(port + 1000));
                _table.Execute(_batch).ShouldBe(0);
            }

            processor = Environment.CpuUsage.TotalTime - processor;
            Console.WriteLine(
                $"{what}: {Entries / clock.Elapsed.TotalSeconds:N0}/s, {processor.TotalMicroseconds / Entries:N1} us of processor each, in batches of {BatchSize}");
        }
    }

    private List<ConntrackFailure> Execute()
    {
        var refused = _table.Execute(_batch);
        var failures = _batch.Failures.ToArray();
        failures.Length.ShouldBe(refused);
        _batch.Clear();
        return [.. failures];
    }

    private List<ConntrackEntry> Dump()
    {
        var all = new List<ConntrackEntry>();
        _table.Dump(0, 0, entries => all.AddRange(entries));
        return all;
    }
}
