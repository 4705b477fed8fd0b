using ActorMirror.MirrorChannel;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>What a channel's loops wait for.</summary>
public sealed class AsyncSignalTests
{
    private readonly AsyncSignal signal = new();

    [Fact]
    public void A_waiting_loop_goes_on_within_the_signal_and_signals_before_it_waits_count_as_one()
    {
        signal.Set();
        signal.Set();
        var rounds = 0;
        var loop = LoopAsync();
        rounds.ShouldBe(1);
        signal.Set();
        rounds.ShouldBe(2);
        signal.Set();
        rounds.ShouldBe(3);
        loop.IsCompleted.ShouldBeTrue();

        async Task LoopAsync()
        {
            while (rounds < 3)
            {
                await signal.WaitAsync();
                rounds++;
            }
        }
    }

    [Fact]
    public void A_signal_while_the_loop_works_is_not_lost()
    {
        var rounds = 0;
        var loop = LoopAsync();
        signal.Set();
        rounds.ShouldBe(2);
        loop.IsCompleted.ShouldBeFalse();

        async Task LoopAsync()
        {
            while (true)
            {
                await signal.WaitAsync();
                if (++rounds == 1) signal.Set();
            }
        }
    }

    /// <summary>Each setter's work is seen by the loop, whoever runs it.</summary>
    [Fact]
    public async Task Of_many_threads_that_signal_none_is_missed()
    {
        const int Setters = 4;
        const int Each = 20_000;
        var (posted, seen) = (0, 0);
        var loop = LoopAsync();
        await Task.WhenAll(Enumerable.Range(0, Setters).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                Interlocked.Increment(ref posted);
                signal.Set();
            }
        })));
        await loop;
        seen.ShouldBe(Setters * Each);

        async Task LoopAsync()
        {
            while ((seen = Volatile.Read(ref posted)) < Setters * Each) await signal.WaitAsync();
        }
    }
}
