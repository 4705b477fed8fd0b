using ActorMirror.Kernel.Conntrack;

namespace ActorMirror.Kernel.Tests.Conntrack;

/// <summary>Helpers, sequence numbers they moved, and what they expect: put into the kernel's table and read from it.</summary>
public sealed class HelperTests : IDisposable
{
    private static readonly ConntrackSequence Moved = new(1_000_000, -3, 4);

    private readonly ConntrackTable _table;
    private readonly ConntrackBatch _batch = new();

    public HelperTests()
    {
        TestNetwork.Nft(Samples.NatInForce);
        TestNetwork.Run("sysctl -qw net.netfilter.nf_conntrack_events=1");
        _table = ConntrackTable.Open();
    }

    public void Dispose() => _table.Dispose();

    [NamespaceFact]
    public void An_entry_has_the_helper_and_the_moved_sequence_numbers_it_was_made_with_and_later_ones()
    {
        var control = Samples.Tcp(40000) with { HasFtpHelper = true, SequenceReply = Moved };
        Execute(batch => batch.Create(in control, 600));
        Shown(control).HasFtpHelper.ShouldBeTrue();
        (Shown(control).SequenceOriginal, Shown(control).SequenceReply).ShouldBe((default, Moved));

        var later = new ConntrackSequence(2_000_000, 4, 5);
        Execute(batch => batch.Update(control.Original, new ConntrackChange { Sequences = (Moved, later) }));
        (Shown(control).SequenceOriginal, Shown(control).SequenceReply).ShouldBe((Moved, later));
        Shown(control).Status.HasFlag(ConntrackStatus.SeqAdjust | ConntrackStatus.Helper).ShouldBeTrue();
    }

    [NamespaceFact]
    public void An_expectation_is_its_masters_until_it_is_deleted_or_another_takes_its_place()
    {
        var control = Samples.Tcp(40000) with { HasFtpHelper = true };
        var (first, second) = (Expected(control, 51_000), Expected(control, 51_001));
        Execute(batch => batch.Create(in control, 600));
        _table.Expectation(control.Original).ShouldBeNull();
        Execute(batch => batch.CreateExpectation(in first));
        Execute(batch => batch.CreateExpectation(in first)); // it is there: fine
        _table.Expectation(control.Original).ShouldBe(first);
        Execute(batch => batch.CreateExpectation(in second));
        _table.Expectation(control.Original).ShouldBe(second);

        Execute(batch => batch.DeleteExpectation(second.Tuple));
        _table.Expectation(control.Original).ShouldBeNull();
        Refused(batch => batch.DeleteExpectation(second.Tuple)).ShouldBe(Errno.ENOENT);
    }

    [NamespaceFact]
    public void Nothing_is_expected_by_who_is_not_there_or_has_no_helper()
    {
        var plain = Samples.Tcp(40000);
        Execute(batch => batch.Create(in plain, 600));
        _table.Expectation(plain.Original).ShouldBeNull();
        Refused(batch => batch.CreateExpectation(Expected(plain, 51_000))).ShouldBe(Errno.EOPNOTSUPP);
        var absent = Samples.Tcp(40001);
        _table.Expectation(absent.Original).ShouldBeNull();
        Refused(batch => batch.CreateExpectation(Expected(absent, 51_000))).ShouldBe(Errno.ENOENT);
    }

    [NamespaceFact]
    public void An_entry_keeps_the_master_it_was_made_with_and_is_not_made_without_it()
    {
        var (control, data) = (Samples.Tcp(40000) with { HasFtpHelper = true }, Samples.Tcp(40001) with { Master = Samples.Tcp(40000).Original });
        Refused(batch => batch.Create(in data, 600)).ShouldBe(Errno.ENOENT);
        Execute(batch => batch.Create(in control, 600));
        Execute(batch => batch.Create(in data, 600));
        Shown(data).Master.ShouldBe(control.Original);
        Shown(control).Master.ShouldBe(default);
    }

    [NamespaceFact]
    public async Task Expectations_are_heard_in_order_with_the_events_of_entries_and_whatever_their_mark()
    {
        var observer = new RecordingObserver();
        using var own = ConntrackTable.Open();
        using var listener = ConntrackListener.Open(new ConntrackListenerOptions(Samples.Ours, Samples.OursMask, Expectations: true));
        listener.Ignore(own.PortId);
        listener.Start(observer);
        var (control, foreign) = (Samples.Tcp(40000) with { HasFtpHelper = true }, Samples.Tcp(40001, mark: 7) with { HasFtpHelper = true });

        Execute(batch => batch.Create(in control, 600));
        Execute(batch => batch.Create(in foreign, 600));
        _batch.Clear();
        _batch.CreateExpectation(Expected(control, 50_999));
        own.Execute(_batch).ShouldBe(0);
        _batch.Clear();
        _batch.DeleteExpectation(Expected(control, 50_999).Tuple);
        own.Execute(_batch).ShouldBe(0);
        Execute(batch => batch.CreateExpectation(Expected(control, 51_000)));
        Execute(batch => batch.CreateExpectation(Expected(foreign, 51_001)));
        Execute(batch => batch.DeleteExpectation(Expected(control, 51_000).Tuple));
        Execute(batch => batch.Delete(control.Original));

        var created = await observer.NextAsync();
        (created.Kind, created.Entry.HasFtpHelper).ShouldBe((ConntrackEventKind.New, true));
        foreach (var master in (ConntrackTuple[])[control.Original, foreign.Original, control.Original])
        {
            var heard = await observer.NextAsync();
            (heard.Kind, heard.Entry.Original).ShouldBe((ConntrackEventKind.Expectation, master));
        }

        (await observer.NextAsync()).Kind.ShouldBe(ConntrackEventKind.Destroy);
    }

    private static ConntrackExpectation Expected(in ConntrackEntry control, ushort port) => new(
        control.Original,
        new ConntrackTuple(ConntrackTuple.Tcp, control.Original.Source, 0, control.Original.Destination, port),
        0, control.Reply.Source, port);

    private ConntrackEntry Shown(in ConntrackEntry entry) => _table.Get(entry.Original).ShouldNotBeNull();

    private void Execute(Action<ConntrackBatch> change)
    {
        _batch.Clear();
        change(_batch);
        _table.Execute(_batch).ShouldBe(0, _batch.Failures.Length > 0 ? $"{_batch.Failures[0].Errno}" : "");
    }

    private Errno Refused(Action<ConntrackBatch> change)
    {
        _batch.Clear();
        change(_batch);
        _table.Execute(_batch).ShouldBe(1);
        return _batch.Failures[0].Errno;
    }
}
