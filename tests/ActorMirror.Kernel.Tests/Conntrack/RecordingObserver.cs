using System.Threading.Channels;
using ActorMirror.Kernel.Conntrack;

namespace ActorMirror.Kernel.Tests.Conntrack;

/// <summary>Keeps what a listener tells, for a test to await.</summary>
internal sealed class RecordingObserver : IConntrackObserver
{
    // Guards against a hang; a test that is all right never comes near it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<ConntrackEvent> _events = Channel.CreateBounded<ConntrackEvent>(100_000);
    private readonly TaskCompletionSource<Exception?> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _overflowed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Exception?> Stopped => _stopped.Task.WaitAsync(Patience);

    public Task Overflowed => _overflowed.Task.WaitAsync(Patience);

    /// <summary>Called first with every batch, on the listener's thread.</summary>
    public Action<int>? OnBatch { get; init; }

    public async Task<ConntrackEvent> NextAsync() => await _events.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>The first event that fits; those before it are passed over.</summary>
    public async Task<ConntrackEvent> NextAsync(Func<ConntrackEvent, bool> fits)
    {
        while (true)
        {
            if (await NextAsync() is var next && fits(next)) return next;
        }
    }

    void IConntrackObserver.Events(ReadOnlySpan<ConntrackEvent> events)
    {
        OnBatch?.Invoke(events.Length);
        foreach (var happened in events) _events.Writer.TryWrite(happened).ShouldBeTrue();
    }

    void IConntrackObserver.Overflow() => _overflowed.TrySetResult();

    void IConntrackObserver.Stopped(Exception? reason) => _stopped.TrySetResult(reason);
}
