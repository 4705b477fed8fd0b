using ActorMirror.Kernel.Conntrack;

namespace ActorMirror.Kernel.Tests.Conntrack;

/// <summary>Events of the kernel's table. "Others" stands for whatever changes the table beside us.</summary>
public sealed class ConntrackListenerTests : IDisposable
{
    private readonly ConntrackTable _others;
    private readonly ConntrackBatch _batch = new();

    public ConntrackListenerTests()
    {
        TestNetwork.Nft(Samples.NatInForce);
        // 2, the default, sends no event for entries that are older than the first listener.
        TestNetwork.Run("sysctl -qw net.netfilter.nf_conntrack_events=1");
        _others = ConntrackTable.Open();
    }

    public void Dispose() => _others.Dispose();

    [NamespaceFact]
    public async Task An_entry_is_heard_from_its_creation_to_its_end()
    {
        var observer = new RecordingObserver();
        using var listener = ConntrackListener.Open();
        listener.Start(observer);
        var entry = Samples.Tcp(40000);

        Change(_others, batch => batch.Create(in entry, 600));
        var created = await observer.NextAsync();
        created.Kind.ShouldBe(ConntrackEventKind.New);
        created.Entry.Original.ShouldBe(entry.Original);
        created.Entry.Reply.ShouldBe(entry.Reply);
        created.Entry.Mark.ShouldBe(entry.Mark);
        created.Entry.Tcp.State.ShouldBe(TcpState.Established);
        created.Entry.Tcp.WindowScaleReply.ShouldBe((byte)9);
        created.Entry.TimeoutSeconds.ShouldBeInRange(1u, 600u);

        Change(_others, batch => batch.Update(entry.Original, new ConntrackChange { Tcp = entry.Tcp with { State = TcpState.FinWait } }));
        var updated = await observer.NextAsync();
        (updated.Kind, updated.Entry.Tcp.State, updated.Entry.Id).ShouldBe((ConntrackEventKind.Update, TcpState.FinWait, created.Entry.Id));

        Change(_others, batch => batch.Delete(entry.Original));
        var destroyed = await observer.NextAsync();
        (destroyed.Kind, destroyed.Entry.Original, destroyed.Entry.Reply).ShouldBe((ConntrackEventKind.Destroy, entry.Original, entry.Reply));
        destroyed.Entry.Mark.ShouldBe(entry.Mark);
    }

    [NamespaceFact]
    public async Task What_happens_while_it_rests_is_handed_over_together_and_the_first_is_not_held_back()
    {
        var pieces = new List<int>();
        var observer = new RecordingObserver { OnBatch = pieces.Add };
        using var listener = ConntrackListener.Open(new ConntrackListenerOptions(Rest: TimeSpan.FromSeconds(2)));
        listener.Start(observer);
        Change(_others, batch => batch.Create(Samples.Udp(1), 600));
        await observer.NextAsync();
        Change(_others, batch => batch.Create(Samples.Udp(2), 600));
        await observer.NextAsync();

        // It rests from here on; each of these by itself would be handed over by itself.
        for (var port = 3; port <= 20; port++) Change(_others, batch => batch.Create(Samples.Udp((ushort)port), 600));
        for (var port = 3; port <= 20; port++) (await observer.NextAsync()).Entry.Original.SourcePort.ShouldBe((ushort)port);
        pieces.ShouldBe([1, 1, 18]);
    }

    [NamespaceFact]
    public async Task Foreign_marks_and_own_changes_are_not_heard()
    {
        var observer = new RecordingObserver();
        using var own = ConntrackTable.Open();
        using var formerlyOwn = ConntrackTable.Open();
        using var listener = ConntrackListener.Open(new ConntrackListenerOptions(Samples.Ours, Samples.OursMask));
        listener.Ignore(own.PortId);
        listener.Ignore(formerlyOwn.PortId);
        listener.Heed(formerlyOwn.PortId);
        listener.Start(observer);

        Change(_others, batch =>
        {
            batch.Create(Samples.Udp(1, mark: 0), 600);
            batch.Create(Samples.Udp(2, mark: 0x5000_0001), 600);
        });
        Change(own, batch => batch.Create(Samples.Udp(3), 600));
        Change(formerlyOwn, batch => batch.Create(Samples.Udp(4), 600));
        Change(own, batch => batch.Delete(Samples.Udp(4).Original));
        Change(_others, batch => batch.Delete(Samples.Udp(3).Original));

        // Events keep their order, so all that should not be heard would have come before these.
        var heard = new[] { await observer.NextAsync(), await observer.NextAsync() };
        heard.Select(happened => (happened.Kind, happened.Entry.Original.SourcePort))
            .ShouldBe([(ConntrackEventKind.New, (ushort)4), (ConntrackEventKind.Destroy, (ushort)3)]);
    }

    [NamespaceFact]
    public async Task A_mark_of_zero_can_be_listened_for()
    {
        var observer = new RecordingObserver();
        using var listener = ConntrackListener.Open(new ConntrackListenerOptions(MarkValue: 0, MarkMask: Samples.OursMask));
        listener.Start(observer);
        Change(_others, batch =>
        {
            batch.Create(Samples.Udp(1), 600);
            batch.Create(Samples.Udp(2, mark: 0), 600);
        });
        (await observer.NextAsync()).Entry.Original.SourcePort.ShouldBe((ushort)2);
    }

    [NamespaceFact]
    public async Task A_slow_observer_hears_of_the_loss_and_then_goes_on()
    {
        using var mayGoOn = new ManualResetEventSlim();
        var observer = new RecordingObserver { OnBatch = _ => mayGoOn.Wait() };
        using var listener = ConntrackListener.Open(new ConntrackListenerOptions(ReceiveBufferBytes: 32 * 1024, BatchEvents: 16));
        listener.Start(observer);
        for (var start = 0; start < 5000; start += 200)
        {
            var first = start;
            Change(_others, batch =>
            {
                for (var port = first; port < first + 200; port++) batch.Create(Samples.Udp((ushort)(1000 + port)), 600);
            });
        }

        mayGoOn.Set();
        await observer.Overflowed;
        Change(_others, batch => batch.Create(Samples.Udp(60000), 600));
        (await observer.NextAsync(happened => happened.Entry.Original.SourcePort == 60000)).Kind.ShouldBe(ConntrackEventKind.New);
    }

    [NamespaceFact]
    public async Task Events_come_in_batches_and_cost_no_allocation()
    {
        const int Entries = 4000;
        var heard = 0;
        var largest = 0;
        var allocated = new List<long>(Entries * 2);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var observer = new CountingObserver(count =>
        {
            allocated.Add(GC.GetAllocatedBytesForCurrentThread());
            largest = Math.Max(largest, count);
            if ((heard += count) == Entries) all.SetResult();
        });
        using var listener = ConntrackListener.Open();
        for (var start = 0; start < Entries; start += 200)
        {
            var first = start;
            Change(_others, batch =>
            {
                for (var port = first; port < first + 200; port++) batch.Create(Samples.Udp((ushort)(1000 + port)), 600);
            });
        }

        listener.Start(observer);
        await all.Task.WaitAsync(TimeSpan.FromSeconds(60));
        largest.ShouldBe(512);
        allocated.Count.ShouldBeGreaterThan(4);
        // The last batch completes the task, which is none of the listener's doing: it is measured before.
        (allocated[^1] - allocated[1]).ShouldBe(0);
    }

    [NamespaceFact]
    public async Task Dispose_ends_a_waiting_listener()
    {
        var observer = new RecordingObserver();
        var listener = ConntrackListener.Open();
        listener.Start(observer);
        Should.Throw<InvalidOperationException>(() => listener.Start(observer));
        listener.Dispose();
        (await observer.Stopped).ShouldBeNull();
        listener.Dispose();
    }

    [NamespaceFact]
    public async Task An_observer_may_dispose_the_listener_itself()
    {
        ConntrackListener? listener = null;
        var observer = new RecordingObserver { OnBatch = _ => listener!.Dispose() };
        listener = ConntrackListener.Open();
        listener.Start(observer);
        Change(_others, batch => batch.Create(Samples.Udp(1), 600));
        (await observer.Stopped).ShouldBeNull();
    }

    [NamespaceFact]
    public async Task An_observer_that_throws_stops_the_listener_and_is_told_why()
    {
        var failure = new InvalidOperationException("no");
        var observer = new RecordingObserver { OnBatch = _ => throw failure };
        using var listener = ConntrackListener.Open();
        listener.Start(observer);
        Change(_others, batch => batch.Create(Samples.Udp(1), 600));
        (await observer.Stopped).ShouldBe(failure);
    }

    private void Change(ConntrackTable table, Action<ConntrackBatch> fill)
    {
        _batch.Clear();
        fill(_batch);
        table.Execute(_batch).ShouldBe(0);
    }

    private sealed class CountingObserver(Action<int> onEvents) : IConntrackObserver
    {
        public void Events(ReadOnlySpan<ConntrackEvent> events) => onEvents(events.Length);

        public void Overflow() => throw new InvalidOperationException("the receive buffer is too small for this test");

        public void Stopped(Exception? reason)
        {
        }
    }
}
