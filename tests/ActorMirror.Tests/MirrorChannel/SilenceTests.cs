using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;
using ActorMirror.MirrorChannel.Wire;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>Peers that say nothing, cannot be reached or speak another language: noticed in time, and never retried in a spin.</summary>
public sealed class SilenceTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task A_path_that_swallows_everything_is_noticed_after_the_silence_and_dialled_again()
    {
        await using var active = new ActiveEnd(_ => ValueTask.FromResult<Stream>(new SilentStream()), MirrorLimits.Default, time);
        active.Sender.Start();
        var noticed = active.Mailbox.WhenAsync(() => active.Channel.State == MirrorChannelState.Disconnected && active.Channel.Reason.Contains("silent"));
        await AdvanceUntilAsync(noticed, TimeSpan.FromMilliseconds(100));
        var again = active.Mailbox.WhenAsync(() => active.History.Count(s => s.State == MirrorChannelState.Connecting) > 1);
        await AdvanceUntilAsync(again, TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task An_active_that_falls_silent_is_noticed_by_the_mirror()
    {
        await using var mirror = new MirrorEnd(MirrorLimits.Default, time);
        var serving = mirror.Receiver.RunAsync(new MirrorConnection(new SilentStream(), MirrorPath.Primary, null), CancellationToken.None);
        await AdvanceUntilAsync(serving, TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task A_peer_that_cannot_be_reached_is_tried_after_pauses_that_double()
    {
        var tries = new List<TimeSpan>();
        await using var active = new ActiveEnd(
            _ =>
            {
                lock (tries) tries.Add(time.Now);
                throw new IOException("no route to host");
            },
            MirrorLimits.Default,
            time);
        active.Sender.Start();
        await AdvanceUntilAsync(active.Mailbox.WhenAsync(() => active.History.Count(s => s.State == MirrorChannelState.Disconnected) >= 8), TimeSpan.FromMilliseconds(500));
        active.Channel.Reason.ShouldBe("no route to host");
        // The clock may run on before the pause begins, so a pause is at least as long as said, never shorter.
        int[] expected = [1, 2, 4, 8, 16, 30, 30];
        for (var i = 0; i < expected.Length; i++) (tries[i + 1] - tries[i]).TotalSeconds.ShouldBeGreaterThanOrEqualTo(expected[i]);
    }

    [Fact]
    public async Task A_refusal_is_not_retried_before_its_pause()
    {
        var tries = 0;
        var frame = new byte[1024];
        var answer = new MirrorHelloAnswer(MirrorRefusal.Version, 0, new(2), 0, 0, StreamId.None, 0, 0, "", "it speaks versions 1 to 1, this device 3 to 4");
        var length = Frames.HelloAnswer(frame, answer);
        await using var active = new ActiveEnd(
            _ =>
            {
                tries++;
                return ValueTask.FromResult<Stream>(new AnsweringStream(frame.AsSpan(0, length).ToArray()));
            },
            MirrorLimits.Default,
            time);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.Channel.State == MirrorChannelState.Refused);
        active.Channel.Reason.ShouldContain("this device 3 to 4");
        tries.ShouldBe(1, "the clock stands still");
        await AdvanceUntilAsync(active.Mailbox.WhenAsync(() => active.History.Count(s => s.State == MirrorChannelState.Refused) == 3), TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task A_mirror_of_another_platform_is_refused_when_only_identical_ones_are_wanted()
    {
        var frame = new byte[1024];
        var answer = new MirrorHelloAnswer(MirrorRefusal.None, 1, new(2), 0, 100, StreamId.None, 0, 0, "ActorMirror 9, Plan 9", "");
        var length = Frames.HelloAnswer(frame, answer);
        await using var active = new ActiveEnd(
            (path, _) => ValueTask.FromResult(new MirrorConnection(new AnsweringStream(frame.AsSpan(0, length).ToArray()), path, null)),
            hasSecondary: false, MirrorLimits.Default, time, onlyIdentical: true);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.Channel.State == MirrorChannelState.Refused);
        active.Channel.Reason.ShouldStartWith("PlatformDiffers: platform-policy is identical; the mirror is 'ActorMirror 9, Plan 9'");
    }

    [Fact]
    public async Task A_sender_is_disposed_during_a_pause_without_waiting_for_it()
    {
        var active = new ActiveEnd(_ => throw new IOException("no route to host"), MirrorLimits.Default, time);
        active.Sender.Start();
        await active.Mailbox.WhenAsync(() => active.Channel.Reason == "no route to host");
        await active.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task AdvanceUntilAsync(Task signal, TimeSpan step)
    {
        while (!signal.IsCompleted)
        {
            time.Advance(step);
            await Task.Yield();
        }

        await signal;
    }

    /// <summary>A connection whose other end takes everything and never says a word.</summary>
    private class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    /// <summary>A connection that gives some bytes and then says nothing more.</summary>
    private sealed class AnsweringStream(byte[] answer) : SilentStream
    {
        private byte[]? rest = answer;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (rest is null) return base.ReadAsync(buffer, cancellationToken);
            rest.CopyTo(buffer);
            var length = rest.Length;
            rest = null;
            return ValueTask.FromResult(length);
        }
    }
}
