using Microsoft.Extensions.Logging;

namespace ActorMirror.MirrorChannel;

/// <summary>Warnings that strangers can cause: one in ten seconds is written, the others are counted.</summary>
internal sealed class RareLog(ILogger log, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private long? last;
    private int left;

    public void Warn(string text)
    {
        lock (gate)
        {
            if (last is { } at && time.GetElapsedTime(at) < Interval)
            {
                left++;
                return;
            }

            log.LogWarning("Mirror channel: {Text} ({Left} more like this were not written)", text, left);
            (last, left) = (time.GetTimestamp(), 0);
        }
    }
}
