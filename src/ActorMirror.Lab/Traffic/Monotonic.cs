using System.Diagnostics;

namespace ActorMirror.Lab.Traffic;

/// <summary>
/// CLOCK_MONOTONIC in nanoseconds: .NET's Stopwatch on Linux. It is one clock for all processes of a machine, in every network
/// namespace, so the instant of a fault taken by the runner compares with the instants a client recorded.
/// </summary>
internal static class Monotonic
{
    public const long Microsecond = 1_000;
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000_000_000;

    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>
    /// The next beat of a paced sender. Beats it missed are left out, and it keeps its phase: senders that all went on from the moment they could would
    /// beat together from then on, a burst at every interval that measures the lab and not the network.
    /// </summary>
    public static long NextBeat(long last, long interval, long now) => last + interval * (Math.Max(now - last, 0) / interval + 1);

    public static double Milliseconds(long nanoseconds) => Math.Round(nanoseconds / (double)Millisecond, 3);
}
