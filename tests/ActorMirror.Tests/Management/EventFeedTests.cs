using System.Net.ServerSentEvents;
using System.Text.Json;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Events;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Management;

public sealed class EventFeedTests : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly FakeDevice _device = new();
    private readonly FakeTimeProvider _time = new();
    private readonly EventFeed _feed;

    public EventFeedTests() => _feed = new EventFeed(_device, _time);

    public ValueTask DisposeAsync() => _feed.DisposeAsync();

    [Fact]
    public async Task What_changes_is_told_in_its_order_with_numbers()
    {
        using var listening = _feed.TrySubscribe(null)!;
        _device.Seen = s => s with { Alarms = [], TrafficGroups = [s.TrafficGroups[0] with { Role = Role.HandingOver, Transitions = 3 }] };
        _time.Advance(Look);
        _device.Seen = s => s with { Members = ["a"], TrafficGroups = [s.TrafficGroups[0] with { Role = Role.Mirror, Active = "b", NextActive = "a" }] };
        _time.Advance(Look);
        var seen = await TakeAsync(listening, 7);
        seen.Select(e => (e.Id, e.Event.Kind)).ShouldBe([(0, "listening"), (1, "role"), (2, "alarm-over"), (3, "members"), (4, "role"), (5, "placement"), (6, "alarm")]);
        seen[1].Event.Text.ShouldBe("a was active and is handing-over for tg1");
        seen[5].Event.Text.ShouldBe("tg1 is active on b, next on a");
    }

    [Fact]
    public async Task Who_comes_back_is_told_what_happened_meanwhile_even_when_nobody_listened()
    {
        using (_feed.TrySubscribe(null)!)
        {
            _device.Seen = s => s with { Alarms = [] };
            _time.Advance(Look);
        }

        _device.Seen = s => s with { Members = ["a"] };
        using var back = _feed.TrySubscribe(0)!;
        (await TakeAsync(back, 4)).Select(e => e.Event.Kind).ShouldBe(["alarm-over", "members", "alarm", "listening"]);
        using var late = _feed.TrySubscribe(77)!;
        (await TakeAsync(late, 2)).Select(e => e.Event.Kind).ShouldBe(["missed", "listening"]);
    }

    [Fact]
    public async Task Who_asks_for_more_than_is_kept_is_told_so()
    {
        using var other = _feed.TrySubscribe(null)!;
        for (var i = 0; i < EventFeed.Kept + 5; i++)
        {
            var transitions = 100 + i;
            _device.Seen = s => s with { TrafficGroups = [s.TrafficGroups[0] with { Transitions = transitions }] };
            _time.Advance(Look);
        }

        using var late = _feed.TrySubscribe(1)!;
        var seen = await TakeAsync(late, EventFeed.Kept + 2);
        (seen[0].Event.Kind, seen[1].Id, seen[^1].Event.Kind).ShouldBe(("missed", 6, "listening"));
    }

    [Fact]
    public void There_are_only_so_many_and_who_leaves_makes_room()
    {
        var all = Enumerable.Range(0, EventFeed.MostSubscribers).Select(_ => _feed.TrySubscribe(null)!).ToList();
        _feed.TrySubscribe(null).ShouldBeNull();
        all[0].Dispose();
        using var next = _feed.TrySubscribe(null).ShouldNotBeNull();
        all.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off_and_keeps_nothing_back()
    {
        using var slow = _feed.TrySubscribe(null)!;
        for (var i = 0; i < 3 * EventFeed.Kept; i++)
        {
            var transitions = 100 + i;
            _device.Seen = s => s with { TrafficGroups = [s.TrafficGroups[0] with { Transitions = transitions }] };
            _time.Advance(Look);
        }

        var read = 0;
        await foreach (var _ in slow.ReadAllAsync(default)) read++; // it ends
        read.ShouldBe(2 * EventFeed.Kept);
    }

    [Fact]
    public async Task The_stream_is_one_of_server_sent_events()
    {
        await using var api = await FakeApi.StartAsync(tls: false, time: _time);
        using var patience = new CancellationTokenSource(FakeApi.Patience);
        await using var stream = await api.Client.GetStreamAsync("/api/v1/events", patience.Token);
        await using var events = SseParser.Create(stream, (kind, data) => (kind, JsonSerializer.Deserialize(data, ManagementJson.Default.EventReport)!))
            .EnumerateAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.EventType.ShouldBe("listening");
        api.View.Seen = s => s with { Members = ["a"] };
        _time.Advance(Look);
        (await events.MoveNextAsync()).ShouldBeTrue();
        (events.Current.EventType, events.Current.EventId, events.Current.Data.Item2.Text).ShouldBe(("members", "1", "quorate: a"));
    }

    private static async Task<List<(long Id, EventReport Event)>> TakeAsync(EventSubscription subscription, int count)
    {
        var seen = new List<(long, EventReport)>();
        using var patience = new CancellationTokenSource(FakeApi.Patience);
        await foreach (var next in subscription.ReadAllAsync(patience.Token))
        {
            seen.Add(next);
            if (seen.Count == count) break;
        }

        seen.Count.ShouldBe(count);
        return seen;
    }
}
