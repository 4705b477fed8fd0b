namespace ActorMirror.Cluster.Simulated;

/// <summary>A clock that only moves when a simulation says so, and the agenda of what happens when.</summary>
public sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Origin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Ties are broken by the order of scheduling: the same seed gives the same run.
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _agenda = new();
    private long _order;

    /// <summary>Time since the simulation began.</summary>
    public TimeSpan Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Origin + Now;

    internal void At(TimeSpan time, Action action) => _agenda.Enqueue(action, (time < Now ? Now : time, _order++));

    internal void After(TimeSpan delay, Action action) => At(Now + delay, action);

    internal void Advance(TimeSpan by)
    {
        var end = Now + by;
        while (_agenda.TryPeek(out var action, out var when) && when.At <= end)
        {
            _agenda.Dequeue();
            Now = when.At;
            action();
        }

        Now = end;
    }
}
