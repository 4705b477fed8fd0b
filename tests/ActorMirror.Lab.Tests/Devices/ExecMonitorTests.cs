using System.Diagnostics;

namespace ActorMirror.Lab.Tests.Devices;

/// <summary>The list of started programs misses none: not those that live a millisecond, not those of children that are gone.</summary>
public sealed class ExecMonitorTests
{
    [PrivilegedFact]
    public void Programs_are_heard_of_however_short_they_live_and_whoever_started_them()
    {
        var marker = $"exec-monitor-{Guid.NewGuid():N}";
        var monitor = new ExecMonitor(c => c.EndsWith(marker));
        using (monitor)
        {
            // A hundred that end at once, and one whose parent has ended.
            var start = new ProcessStartInfo("sh")
            {
                ArgumentList = { "-c", "for i in $(seq 100); do /bin/true; done; (/bin/sleep 0 &); :", marker },
                RedirectStandardOutput = true,
            };
            using var shell = Process.Start(start)!;
            shell.StandardOutput.ReadToEnd().ShouldBeEmpty(); // the one that outlives the shell holds its output until it ends
        }

        monitor.IsIncomplete.ShouldBeFalse();
        monitor.Roots.ShouldBe(1);
        monitor.Programs.Count.ShouldBe(102, string.Join("\n", monitor.Programs)); // seq, true, sleep
    }
}
