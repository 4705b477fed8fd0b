using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Tests.Traffic;

public sealed class MonotonicTests
{
    [Theory]
    [InlineData(100, 40, 100, 140)]
    [InlineData(100, 40, 139, 140)]
    [InlineData(100, 40, 140, 180)] // the beat of 140 is missed
    [InlineData(100, 40, 555, 580)] // many are, and the phase stays
    [InlineData(100, 40, 90, 140)] // called early
    public void A_late_sender_leaves_beats_out_and_keeps_its_phase(long last, long interval, long now, long next) =>
        Monotonic.NextBeat(last, interval, now).ShouldBe(next);
}
