namespace ActorMirror.MirrorChannel;

/// <summary>Those who wait for a change to be applied. Not thread-safe: the sender's lock guards it.</summary>
internal sealed class GateWaiters
{
    private readonly List<Waiter> waiting = [];

    public Waiter Add(long sequence)
    {
        var waiter = new Waiter(sequence);
        waiting.Add(waiter);
        return waiter;
    }

    public void Remove(Waiter waiter) => waiting.Remove(waiter);

    public void Complete(Func<long, bool> isApplied)
    {
        foreach (var waiter in waiting)
        {
            if (isApplied(waiter.Sequence)) waiter.Answer.TrySetResult(true);
        }
    }

    public void FailAll()
    {
        foreach (var waiter in waiting) waiter.Answer.TrySetResult(false);
    }

    internal sealed record Waiter(long Sequence)
    {
        /// <summary>Continuations run elsewhere: the answer is given inside the sender's lock.</summary>
        public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
