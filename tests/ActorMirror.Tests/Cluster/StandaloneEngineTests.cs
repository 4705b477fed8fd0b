using ActorMirror.Cluster;
using ActorMirror.Cluster.Standalone;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Tests.Cluster;

public sealed class StandaloneEngineTests
{
    private static readonly DeviceId Self = new(1);

    [Fact]
    public async Task It_is_a_quorate_cluster_of_itself()
    {
        var beats = new FirstBeat();
        var told = new List<ClusterEvent>();
        await using (var engine = new StandaloneEngine(Self, TimeSpan.FromMilliseconds(25), lastRing: 7, TimeProvider.System))
        {
            await engine.StartAsync(beats, CancellationToken.None);
            engine.Events.TryRead(out var first).ShouldBeTrue();
            told.Add(first);
            var view = first.ShouldBeOfType<ClusterEvent.View>();
            view.Ring.Sequence.ShouldBe(8ul, "epochs grow over restarts");
            view.Quorate.ShouldBeTrue();

            engine.TrySend(view.Ring, [1]).ShouldBeTrue();
            engine.TrySend(view.Ring, [2]).ShouldBeTrue();
            engine.TrySend(view.Ring with { Sequence = 7 }, [3]).ShouldBeFalse("decided in another ring");
            while (engine.Events.TryRead(out var next)) told.Add(next);
            told.OfType<ClusterEvent.Command>().Select(command => command.Payload.Span[0]).ShouldBe([1, 2]);

            var (device, ring, valid) = await beats.Heard.Task;
            (device, ring, valid).ShouldBe((Self, view.Ring, true));
        }

        ClusterContract.Check(new Dictionary<DeviceId, IReadOnlyList<ClusterEvent>> { [Self] = told }, devices: 1);
    }

    [Fact]
    public async Task A_reader_that_stalls_gets_no_more_and_is_told_so()
    {
        await using var engine = new StandaloneEngine(Self, TimeSpan.FromMilliseconds(25), lastRing: 0, TimeProvider.System);
        await engine.StartAsync(new FirstBeat(), CancellationToken.None);
        engine.Events.TryPeek(out var first).ShouldBeTrue();
        var ring = first.ShouldBeOfType<ClusterEvent.View>().Ring;
        var taken = 0;
        while (engine.TrySend(ring, [0])) taken.ShouldBeLessThan(100_000, $"{taken++} commands and no bound");
        engine.Events.Count.ShouldBe(taken + 1, "nothing that was taken is dropped");
    }

    [Fact]
    public async Task A_command_that_is_too_long_is_refused()
    {
        await using var engine = new StandaloneEngine(Self, TimeSpan.FromMilliseconds(25), lastRing: 0, TimeProvider.System);
        Should.Throw<ArgumentException>(() => engine.TrySend(default, new byte[IClusterEngine.MaximumCommandSize + 1]));
    }

    private sealed class FirstBeat : IHeartbeatObserver
    {
        public TaskCompletionSource<(DeviceId Device, RingId Ring, bool Valid)> Heard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        void IHeartbeatObserver.Heard(DeviceId device, long sentAt, RingId ring, bool valid) => Heard.TrySetResult((device, ring, valid));

        public bool MaySend() => true;
    }
}
