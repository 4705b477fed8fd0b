using System.Diagnostics;
using ActorMirror.Kernel.Processes;

namespace ActorMirror.Kernel.Tests.Processes;

public sealed class PidFdTests
{
    [Fact]
    public void A_killed_process_is_seen_to_have_ended()
    {
        using var process = Process.Start("sleep", "1000");
        using var handle = PidFd.TryOpen(process.Id)!;
        handle.HasExited.ShouldBeFalse();
        handle.WaitForExit(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        handle.Send(ProcessSignal.Kill).ShouldBeTrue();
        handle.WaitForExit().ShouldBeTrue();
        handle.HasExited.ShouldBeTrue();
        process.WaitForExit();
        handle.Send(ProcessSignal.Kill).ShouldBeFalse("there is no one left to signal");
    }

    [Fact]
    public void A_stopped_process_lives_and_is_told_from_a_dead_one()
    {
        using var process = Process.Start("sleep", "1000");
        using var handle = PidFd.TryOpen(process.Id)!;
        handle.Send(ProcessSignal.Stop).ShouldBeTrue();
        SpinWait.SpinUntil(() => State(process.Id) == 'T', TimeSpan.FromSeconds(30)).ShouldBeTrue();
        handle.HasExited.ShouldBeFalse();
        handle.Send(ProcessSignal.Continue).ShouldBeTrue();
        SpinWait.SpinUntil(() => State(process.Id) != 'T', TimeSpan.FromSeconds(30)).ShouldBeTrue();
        handle.Send(ProcessSignal.Terminate).ShouldBeTrue();
        handle.WaitForExit().ShouldBeTrue();
    }

    [Fact]
    public void A_process_that_does_not_exist_has_no_handle()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        PidFd.TryOpen(process.Id).ShouldBeNull();
    }

    [Fact]
    public void Disposing_ends_a_wait_of_another_thread()
    {
        using var process = Process.Start("sleep", "1000");
        var handle = PidFd.TryOpen(process.Id)!;
        var exited = true;
        var waiting = new Thread(() => exited = handle.WaitForExit());
        waiting.Start();
        handle.Dispose();
        waiting.Join();
        exited.ShouldBeFalse();
        process.Kill();
    }

    [Fact]
    public void The_clocks_run_and_agree_on_what_was_slept()
    {
        var before = MonotonicClock.Now;
        MonotonicClock.Suspended.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(-1));
        MonotonicClock.Now.ShouldBeGreaterThan(before);
        MonotonicClock.SinceBoot.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    private static char State(int processId) => File.ReadAllText($"/proc/{processId}/stat").Split(") ")[1][0];
}
