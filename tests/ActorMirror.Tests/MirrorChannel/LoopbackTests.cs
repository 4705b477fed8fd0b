using System.Net;
using System.Net.Sockets;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;
using ActorMirror.Tests.Support;
using Xunit.Abstractions;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>Sender and receiver over real TCP on the loopback: everything between a table's change and its acknowledgement.</summary>
public sealed class LoopbackTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly MirrorLimits Quick = new() { FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(50) };

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Socket> accepted = [];
    private Task accepting = Task.CompletedTask;
    private ActiveEnd active = null!;
    private MirrorEnd mirror = null!;

    public Task InitializeAsync()
    {
        listener.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await active.DisposeAsync();
        await stopping.CancelAsync();
        await accepting;
        await mirror.DisposeAsync();
        listener.Dispose();
        stopping.Dispose();
    }

    [Fact]
    public async Task A_table_that_existed_and_what_changes_later_arrive_and_are_acknowledged()
    {
        Start(Quick);
        for (var i = 0; i < 3000; i++) active.Table.TryUpsert(Flows.Connection(i), out _);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync && active.Table.Counts.Protected == 3000);

        active.Mailbox.Post(() =>
        {
            for (var i = 0; i < 1000; i++) active.Delete(Flows.Key(i));
            for (var i = 1000; i < 2000; i++) active.Upsert(Flows.Connection(i, ConnectionState.TimeWait));
            for (var i = 3000; i < 4000; i++) active.Upsert(Flows.Connection(i, protocol: TransportProtocol.Udp));
        });
        await active.Mailbox.WhenAsync(() => active.Sender.Status.Acknowledged == active.Table.LastSequence && active.Table.Counts.Protected == 3000);
        await ShouldBeEqualAsync();
        var status = active.Sender.Status;
        (status.Outstanding, status.OutstandingBytes).ShouldBe((0, 0));
        status.Channel.LastReason.ShouldNotBeNull().Text.ShouldBe("the mirror has no copy");
        status.OldestAge.ShouldBe(TimeSpan.Zero);
        status.Snapshots.ShouldBe(1);
        mirror.Receiver.Status.Applied.ShouldBe(status.Acknowledged);
    }

    [Fact]
    public async Task The_mirror_hears_how_many_connections_the_active_has()
    {
        Start(Quick);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync);
        var account = new ActiveAccount(7, 3, ExposureCounts.None.With(Exposure.MirroringOff, 4));
        active.Mailbox.Post(() =>
        {
            active.Sender.Say(account, atOnce: true);
            active.Upsert(Flows.Connection(1)); // it travels behind the account
        });
        await active.Mailbox.WhenAsync(() => active.Table.Counts.Protected == 1);
        mirror.Receiver.Status.LastWord.ShouldNotBeNull().Account.ShouldBe(account);
    }

    [Fact]
    public async Task A_broken_connection_resumes_without_a_snapshot()
    {
        Start(Quick);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync);
        for (var round = 0; round < 20; round++)
        {
            var first = round * 500;
            active.Mailbox.Post(() =>
            {
                for (var i = first; i < first + 500; i++) active.Upsert(Flows.Connection(i));
            });
            Socket current;
            lock (accepted) current = accepted[^1];
            current.Close(0);
            await active.Mailbox.WhenAsync(() => active.IsInSync && active.Table.Counts.Protected == first + 500);
        }

        await ShouldBeEqualAsync();
        active.Sender.Status.Snapshots.ShouldBe(1);
        lock (accepted) accepted.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_mirror_that_stops_makes_the_active_desync_and_a_snapshot_over_the_same_connection_heals_it()
    {
        var limits = Quick with { BacklogChanges = 4096, BatchesInHand = 2, BatchChanges = 64, ResyncRate = 2_000_000 };
        Start(limits);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync);
        var hold = new TaskCompletionSource();
        mirror.Hold = hold.Task;
        var number = 0;
        while (active.Sender.Status.Channel.State != MirrorChannelState.Desynced)
        {
            await active.Mailbox.AskAsync(() =>
            {
                for (var i = 0; i < 500; i++) active.Upsert(Flows.Connection(number++));
                return 0;
            });
        }

        active.Sender.Status.Outstanding.ShouldBeLessThanOrEqualTo(4096);
        mirror.Hold = null;
        hold.SetResult();
        await active.Mailbox.WhenAsync(() => active.IsInSync && active.Table.Counts.Protected == number);
        await ShouldBeEqualAsync();
        lock (accepted) accepted.Count.ShouldBe(1, "an overflow never resets the channel");
    }

    [Fact]
    public async Task What_disappears_on_the_mirror_is_no_longer_protected_until_it_is_offered_again()
    {
        Start(Quick);
        for (var i = 0; i < 10; i++) active.Table.TryUpsert(Flows.Connection(i), out _);
        mirror.Kernel.Refuses.Add(Flows.Key(3));
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync && active.Table.Counts is { Protected: 9, Retracted: 1 });
        mirror.Mailbox.Post(() => mirror.Vanish(Flows.Key(5)));
        await active.Mailbox.WhenAsync(() => active.Table.Counts is { Protected: 8, Retracted: 2 });
        var view = await active.Mailbox.AskAsync(() => active.Table.TryGet(Flows.Key(5), out var found) ? found : default);
        view.Reason.ShouldBe(RetractionReason.Vanished);

        active.Mailbox.Post(() =>
        {
            var changes = new MirrorChange[16];
            active.Append(changes.AsSpan(0, active.Table.Reoffer(changes, refused: true)));
        });
        await active.Mailbox.WhenAsync(() => active.Table.Counts.Protected == 10);
        await ShouldBeEqualAsync();
    }

    [Fact]
    public async Task The_mirror_says_when_it_can_hold_more_or_less()
    {
        Start(Quick);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync);
        active.Sender.PeerRoom.ShouldBe(mirror.Table.Room);
        mirror.Receiver.RoomChanged(3);
        for (var i = 0; active.Sender.PeerRoom != 3; i++)
        {
            // Told before the acknowledgement of what follows.
            active.Mailbox.Post(() => active.Upsert(Flows.Connection(i)));
            await active.Mailbox.WhenAsync(() => active.Table.Counts.Protected == i + 1);
        }
    }

    [Fact]
    public async Task Who_waits_for_the_mirror_is_told_when_it_applied_the_change_or_that_there_is_none()
    {
        Start(Quick);
        (await active.Sender.WhenApplied(1, TimeSpan.FromMinutes(1))).ShouldBeFalse("there is no mirror");
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync);
        var sequence = await active.Mailbox.AskAsync(() =>
        {
            active.Upsert(Flows.Connection(1));
            return active.Table.LastSequence;
        });
        (await active.Sender.WhenApplied(sequence, TimeSpan.FromMinutes(1))).ShouldBeTrue();
        mirror.Kernel.Entries.ContainsKey(Flows.Key(1)).ShouldBeTrue();
        (await active.Sender.WhenApplied(sequence + 1, TimeSpan.FromMilliseconds(1))).ShouldBeFalse("it was never appended");
    }

    [Fact]
    public async Task A_refusal_is_a_state_with_a_reason_and_ends_when_its_cause_ends()
    {
        Start(Quick, numbering: 8);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.Channel.State == MirrorChannelState.Refused);
        active.Channel.Reason.ShouldContain("numbers objects differently");
        mirror.Receiver.Status.Channel.State.ShouldBe(MirrorChannelState.Refused);
        mirror.Expected = mirror.Expected! with { Numbering = 8 };
        await active.Mailbox.WhenAsync(() => active.IsInSync);
    }

    [Fact]
    public async Task A_table_owner_on_the_mirror_that_lost_its_copy_gets_a_snapshot()
    {
        Start(Quick);
        for (var i = 0; i < 100; i++) active.Table.TryUpsert(Flows.Connection(i), out _);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync);
        mirror.Receiver.Forget("restarted");
        await active.Mailbox.WhenAsync(() => active.History.Any(s => s.State == MirrorChannelState.Disconnected && s.Reason.Contains("restarted")));
        await active.Mailbox.WhenAsync(() => active.IsInSync && active.Sender.Status.Snapshots == 2 && active.Table.Counts.Protected == 100);
        await ShouldBeEqualAsync();
    }

    [Fact]
    public async Task An_owner_whose_mailbox_is_full_now_and_then_misses_nothing()
    {
        Start(Quick with { KeepAlive = TimeSpan.FromMilliseconds(5), BatchChanges = 16 }, refusesEvery: 2);
        for (var i = 0; i < 200; i++) active.Table.TryUpsert(Flows.Connection(i), out _);
        foreach (var i in new[] { 3, 50, 120 }) mirror.Kernel.Refuses.Add(Flows.Key(i));
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync && active.Table.Counts is { Protected: 197, Retracted: 3 });
    }

    [Fact]
    public async Task What_is_lost_without_a_word_is_repaired_within_the_period_or_on_demand_over_the_same_connection()
    {
        Start(Quick with { ReconcilePeriod = TimeSpan.FromMilliseconds(20), ResyncShare = 0.5 });
        for (var i = 0; i < 2000; i++) active.Table.TryUpsert(Flows.Connection(i), out _);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync);
        Damage(2001, 5);
        await active.Mailbox.WhenAsync(() => active.Sender.Status.Repairs == new Repairs(1, 1, 0));
        await ShouldBeEqualAsync();
        while (active.Sender.Resync() is { } refusal) refusal.ShouldBe("a resync is under way already");
        Damage(2002, 6);
        await active.Mailbox.WhenAsync(() => active.Sender.Status is { Repairs: { Ghosts: 2, Missing: 2 } });
        await ShouldBeEqualAsync();
        active.Sender.Status.Snapshots.ShouldBe(1);
        active.History.Count(s => s.State == MirrorChannelState.InSync).ShouldBe(1, "the channel stays in sync all the while");
        lock (accepted) accepted.Count.ShouldBe(1);

        void Damage(int ghost, int missing) => mirror.Mailbox.Post(() =>
        {
            mirror.Damage(MirrorChange.Upsert(1, Flows.Connection(ghost)));
            mirror.Damage(MirrorChange.Delete(1, Flows.Key(missing)));
        });
    }

    [Fact]
    public async Task Throughput_from_the_table_to_its_acknowledgement_is_measured()
    {
        const int Connections = 200_000;
        Start(MirrorLimits.Default with { BacklogChanges = 262_144 });
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.IsInSync);
        var started = TimeProvider.System.GetTimestamp();
        active.Mailbox.Post(() =>
        {
            var batch = new MirrorChange[256];
            var count = 0;
            for (var i = 0; i < Connections; i++)
            {
                if (active.Table.TryUpsert(Flows.Connection(i), out batch[count])) count++;
                if (count < batch.Length && i + 1 < Connections) continue;
                active.Append(batch.AsSpan(0, count));
                count = 0;
            }
        });
        await active.Mailbox.WhenAsync(() => active.Table.Counts.Protected == Connections);
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        var status = active.Sender.Status;
        output.WriteLine($"{Connections / elapsed.TotalSeconds:N0} changes/s through table, TCP, mirror table and acknowledgement; {(double)status.BytesSent / Connections:F1} bytes each");
        status.Snapshots.ShouldBe(1);
    }

    private void Start(MirrorLimits limits, ulong numbering = 7, int refusesEvery = 0)
    {
        mirror = new MirrorEnd(limits, TimeProvider.System);
        active = new ActiveEnd(ConnectAsync, limits, TimeProvider.System, numbering) { RefusesEvery = refusesEvery };
        accepting = AcceptAsync();
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(listener.LocalEndpoint, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stopping.Token);
                lock (accepted) accepted.Add(socket);
                sessions.Add(mirror.Receiver.RunAsync(new MirrorConnection(new NetworkStream(socket, ownsSocket: true), MirrorPath.Primary, null), stopping.Token));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ShouldBeEqualAsync()
    {
        var kernel = await mirror.Mailbox.AskAsync(() => mirror.Kernel.Entries.Values.ToHashSet());
        var owned = await active.Mailbox.AskAsync(() =>
        {
            var views = new ConnectionView[active.Table.Counts.Owned];
            var cursor = 0;
            active.Table.Read(ref cursor, views);
            return views.Select(v => v.Record).ToHashSet();
        });
        kernel.SetEquals(owned).ShouldBeTrue($"{kernel.Count} in the mirror's kernel, {owned.Count} owned");
    }
}
