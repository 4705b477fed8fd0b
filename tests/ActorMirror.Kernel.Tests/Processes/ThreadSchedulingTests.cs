using ActorMirror.Kernel.Processes;

namespace ActorMirror.Kernel.Tests.Processes;

public sealed class ThreadSchedulingTests
{
    /// <summary>In a process of its own: a container without real-time share answers false, which is no failure.</summary>
    [NamespaceFact]
    public void Only_the_calling_thread_becomes_real_time_and_what_it_starts_is_ordinary()
    {
        bool raised = false;
        var (own, child) = ("", "");
        var thread = new Thread(() =>
        {
            raised = ThreadScheduling.TryRealTime();
            own = Policy();
            var started = new Thread(() => child = Policy());
            started.Start();
            started.Join();
        });
        thread.Start();
        thread.Join();
        own.ShouldBe(raised ? "2" : "0");
        child.ShouldBe("0");
        Policy().ShouldBe("0");
    }

    /// <summary>Field 41 of proc_pid_stat(5).</summary>
    private static string Policy() => File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[38];
}
