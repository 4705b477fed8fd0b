using System.Threading.Channels;
using ActorMirror.Actors.Devices;
using ActorMirror.Cluster;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Tests.Actors;

public sealed class OutboxTests
{
    private static readonly RingId s_first = new(1, 4);
    private static readonly RingId s_second = new(1, 8);
    private static readonly ClusterCommand.Synced s_decision = new(7);
    private static readonly ClusterCommand.Health s_statement = new(["external"]);

    private readonly RecordingEngine _engine = new();
    private readonly Outbox _outbox;
    private RingId? _ring = s_first;

    public OutboxTests() => _outbox = new Outbox(_engine, () => _ring);

    [Fact]
    public void What_the_engine_does_not_take_is_tried_again_in_its_order()
    {
        _engine.Takes = false;
        _outbox.Send(s_decision).ShouldBeTrue();
        _outbox.Keep("links", s_statement).ShouldBeTrue();
        _engine.Takes = true;
        _outbox.Retry();
        _engine.Sent.ShouldBe([(s_first, "Synced"), (s_first, "Health")]);
        _outbox.Retry();
        _engine.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public void What_an_older_ring_decided_is_not_said_in_the_new_one()
    {
        _engine.Takes = false;
        _outbox.Send(new ClusterCommand.ForceStandby("tg1", null, 1));
        _ring = s_second;
        _outbox.Send(s_decision); // the view's own command comes before ViewChanged
        _outbox.ViewChanged();
        _engine.Takes = true;
        _outbox.Retry();
        _engine.Sent.ShouldBe([(s_second, "Synced")]);
    }

    [Fact]
    public void Statements_are_said_once_in_every_ring_and_not_again_when_a_worker_comes_or_goes_within_it()
    {
        _outbox.ViewChanged();
        _outbox.Keep("links", new ClusterCommand.Health([]));
        _outbox.Keep("links", s_statement);
        _outbox.ViewChanged();
        _ring = s_second;
        _outbox.ViewChanged();
        _outbox.ViewChanged();
        _engine.Sent.ShouldBe([(s_first, "Health"), (s_first, "Health"), (s_second, "Health")]);

        _outbox.Keep("links", null);
        _ring = s_first;
        _outbox.ViewChanged();
        _engine.Sent.Count.ShouldBe(3);
    }

    [Fact]
    public void Without_a_quorum_nothing_is_decided_and_statements_wait_for_it_to_return_in_the_same_ring_too()
    {
        _outbox.ViewChanged();
        _ring = null;
        _outbox.ViewChanged();
        _outbox.Send(s_decision).ShouldBeFalse();
        _outbox.Keep("links", s_statement).ShouldBeTrue();
        _engine.Sent.ShouldBeEmpty();
        _ring = s_first;
        _outbox.ViewChanged();
        _engine.Sent.ShouldBe([(s_first, "Health")]);
    }

    [Fact]
    public void Both_queues_are_bounded()
    {
        _engine.Takes = false;
        for (var i = 0; i < Outbox.MostWaiting; i++) _outbox.Send(s_decision).ShouldBeTrue();
        _outbox.Send(s_decision).ShouldBeFalse();
        for (var i = 0; i < Outbox.MostKept; i++) _outbox.Keep($"key {i}", s_statement).ShouldBeTrue();
        _outbox.Keep("one more", s_statement).ShouldBeFalse();
        _outbox.Keep("key 0", s_statement).ShouldBeTrue();
    }

    private sealed class RecordingEngine : IClusterEngine
    {
        public bool Takes { get; set; } = true;

        public List<(RingId Ring, string Command)> Sent { get; } = [];

        public DeviceId Self => new(1);

        public ChannelReader<ClusterEvent> Events => throw new NotSupportedException();

        public ClusterLinks Links => ClusterLinks.None;

        public Task StartAsync(IHeartbeatObserver heartbeats, CancellationToken cancellation) => throw new NotSupportedException();

        public bool TrySend(RingId decidedIn, ReadOnlySpan<byte> command)
        {
            if (!Takes) return false;
            Sent.Add((decidedIn, CommandCodec.Decode(command, out _).ShouldNotBeNull().GetType().Name));
            return true;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
