using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Node.Worker;
using ActorMirror.Tests.Support;
using Role = ActorMirror.Management.Contracts.Role;

namespace ActorMirror.Tests.Node;

/// <summary>The notify hook, with real scripts.</summary>
public sealed class NotifyHookTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("am-hook-").FullName;
    private readonly LogLines log = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_executable_is_told_group_role_and_epoch_as_arguments_and_in_its_environment()
    {
        var hook = Hook("""echo "$# $1 $2 $3 $ACTORMIRROR_TRAFFIC_GROUP $ACTORMIRROR_ROLE $ACTORMIRROR_EPOCH $ACTORMIRROR_DEVICE" >> told""");
        hook.Tell("tg1", Role.HandingOver, new Epoch(7, 2));
        await log.UntilAsync(1);
        await hook.DisposeAsync();

        Told().ShouldBe(["3 tg1 handing-over 7.2 tg1 handing-over 7.2 a"]);
        log.Lines.ShouldHaveSingleItem().ShouldStartWith("Information: ");
    }

    [Fact]
    public async Task While_one_runs_only_the_newest_role_of_its_group_waits_and_other_groups_do_not()
    {
        var hook = Hook("""[ $1 = tg1 ] && [ $2 = promoting ] && read line < gate; echo "$1 $2" >> told""");
        await Shell("mkfifo gate");
        hook.Tell("tg1", Role.Promoting, new Epoch(1, 1));
        foreach (var role in (Role[])[Role.Active, Role.HandingOver, Role.Mirror]) hook.Tell("tg1", role, new Epoch(1, 1));
        hook.Tell("tg2", Role.Active, new Epoch(1, 1));
        await log.UntilAsync(1);
        Told().ShouldBe(["tg2 active"]);

        await Shell("echo > gate");
        await log.UntilAsync(3);
        await hook.DisposeAsync();

        Told().ShouldBe(["tg2 active", "tg1 promoting", "tg1 mirror"]);
    }

    [Fact]
    public async Task No_more_than_a_few_run_at_once()
    {
        const int Groups = 3 * NotifyHook.AtOnce;
        var hook = Hook("""echo $1 >> begun; read line < gate-$1""");
        await Shell($"touch begun; for i in $(seq {Groups}); do mkfifo gate-tg$i; done");
        for (var group = 1; group <= Groups; group++) hook.Tell($"tg{group}", Role.Active, new Epoch(1, 1));
        for (var ended = 0; ended < Groups; ended++)
        {
            // Hooks that run are let go one by one.
            await Shell($"until [ $(wc -l < begun) -gt {ended} ]; do :; done");
            var begun = Begun();
            begun.Length.ShouldBeLessThanOrEqualTo(ended + NotifyHook.AtOnce);
            await Shell($"echo > gate-{begun[ended]}");
            await log.UntilAsync(ended + 1);
        }

        await hook.DisposeAsync();
        Begun().ShouldBeUnique();
    }

    [Fact]
    public async Task One_that_does_not_end_is_killed_with_what_it_started()
    {
        var hook = Hook("sleep 1000 & echo $! > child; echo working; wait", TimeSpan.FromMilliseconds(500));
        hook.Tell("tg1", Role.Active, new Epoch(1, 1));
        await log.UntilAsync(1);
        await hook.DisposeAsync();

        log.Lines.ShouldHaveSingleItem().ShouldContain("was killed");
        if (File.Exists(Path.Combine(folder, "child"))) await Shell("while kill -0 $(cat child) 2> /dev/null; do :; done");
    }

    [Fact]
    public async Task Failure_is_logged_with_the_exit_code_and_the_begin_of_the_output()
    {
        var hook = Hook("echo no mail server >&2; yes x | head -c 100000; exit 7");
        hook.Tell("tg1", Role.Active, new Epoch(1, 1));
        await log.UntilAsync(1);
        await hook.DisposeAsync();

        var line = log.Lines.ShouldHaveSingleItem();
        line.ShouldStartWith("Warning: ");
        line.ShouldContain("exit code 7");
        line.Length.ShouldBeLessThan(2000);
    }

    [Fact]
    public async Task What_cannot_be_run_is_said_and_harms_nothing()
    {
        var hook = new NotifyHook(Path.Combine(folder, "absent"), "a", NotifyHook.Limit, log);
        hook.Tell("tg1", Role.Active, new Epoch(1, 1));
        await log.UntilAsync(1);
        await hook.DisposeAsync();

        log.Lines.ShouldHaveSingleItem().ShouldContain("could not be run");
        NotifyHook.ProblemOf(Path.Combine(folder, "absent")).ShouldBe("does not exist");
        await File.WriteAllTextAsync(Path.Combine(folder, "plain"), "");
        NotifyHook.ProblemOf(Path.Combine(folder, "plain")).ShouldBe("is not executable");
        NotifyHook.ProblemOf("/bin/sh").ShouldBeNull();
    }

    private NotifyHook Hook(string script, TimeSpan? limit = null)
    {
        var path = Path.Combine(folder, "hook");
        using (var file = new StreamWriter(path)) file.Write($"#!/bin/sh\ncd {folder}\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new NotifyHook(path, "a", limit ?? TimeSpan.FromMinutes(5), log);
    }

    private string[] Begun() => File.ReadAllLines(Path.Combine(folder, "begun"));

    private string[] Told() => File.ReadAllLines(Path.Combine(folder, "told"));

    private async Task Shell(string command)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = folder })!;
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, command);
    }
}
