using System.Globalization;
using FsCheck;

namespace ActorMirror.Tests.Support;

/// <summary>How many schedules of faults a property is tried with.</summary>
internal static class Schedules
{
    /// <summary>
    /// A fixed seed, so that a failure belongs to the change that made it. AM_SCHEDULES asks for so many schedules of a seed that is new each
    /// time: that is how new failures are found. A failure prints its seed and size for WithReplay; what it shows becomes a test by name.
    /// </summary>
    public static Config Runs(int endSize, int cases) => Environment.GetEnvironmentVariable("AM_SCHEDULES") is { } wanted
        ? Config.QuickThrowOnFailure.WithEndSize(endSize).WithMaxTest(int.Parse(wanted, CultureInfo.InvariantCulture))
        : Config.QuickThrowOnFailure.WithEndSize(endSize).WithMaxTest(cases).WithReplay(20_140_613, 1);
}
