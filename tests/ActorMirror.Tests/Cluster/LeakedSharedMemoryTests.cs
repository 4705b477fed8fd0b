using ActorMirror.Cluster.Corosync.Daemon;

namespace ActorMirror.Tests.Cluster;

public sealed class LeakedSharedMemoryTests : IDisposable
{
    // Above the kernel's largest process id (2^22, linux/threads.h): no process has it.
    private const int Dead = 4_194_305;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("am-shm-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Only_what_dead_processes_left_is_deleted()
    {
        var alive = Environment.ProcessId;
        string[] kept = [$"qb-{alive}-{Dead}-30-aBcDeF", $"qb-{Dead}-{alive}-30-aBcDeF", $"qb-corosync-{alive}-blackbox-data", "qb-strange", "other-1-2"];
        foreach (var name in kept) File.WriteAllText(Path.Combine(_directory.FullName, name), "");
        File.WriteAllText(Path.Combine(_directory.FullName, $"qb-corosync-{Dead}-blackbox-data"), "");
        var leaked = _directory.CreateSubdirectory($"qb-{Dead}-{Dead}-30-xYz");
        File.WriteAllText(Path.Combine(leaked.FullName, "qb-request-cpg-data"), "");

        LeakedSharedMemory.Delete(_directory.FullName).Count.ShouldBe(2);
        _directory.EnumerateFileSystemInfos().Select(entry => entry.Name).Order().ShouldBe(kept.Order());
    }

    [Fact]
    public void A_run_is_known_by_id_and_start_time()
    {
        DaemonRun.TryFind(Environment.ProcessId, out var self).ShouldBeTrue();
        self.IsAlive.ShouldBeTrue();
        (self with { StartTime = self.StartTime + 1 }).IsAlive.ShouldBeFalse("another process has the id now");
        DaemonRun.TryFind(Dead, out _).ShouldBeFalse();

        var file = Path.Combine(_directory.FullName, "run");
        File.WriteAllText(file, self.ToString());
        DaemonRun.TryReadLiving(file, out var read).ShouldBeTrue();
        read.ShouldBe(self);
        read.IsCorosyncWith("corosync.conf").ShouldBeFalse();
        File.WriteAllText(file, "half a fi");
        DaemonRun.TryReadLiving(file, out _).ShouldBeFalse();
    }
}
