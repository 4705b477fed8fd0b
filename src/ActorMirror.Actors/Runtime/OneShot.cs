namespace ActorMirror.Actors.Runtime;

/// <summary>Does something once, later; the timer lets go of itself.</summary>
internal static class OneShot
{
    public static void After(TimeProvider time, TimeSpan delay, Action action)
    {
        var holder = new Holder(action);
        holder.Timer = time.CreateTimer(static state => ((Holder)state!).Fire(), holder, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        holder.Timer.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private sealed class Holder(Action action)
    {
        public ITimer? Timer { get; set; }

        public void Fire()
        {
            action();
            Timer?.Dispose();
        }
    }
}
