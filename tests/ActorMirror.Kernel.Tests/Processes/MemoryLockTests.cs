using System.IO.MemoryMappedFiles;
using ActorMirror.Kernel.Processes;

namespace ActorMirror.Kernel.Tests.Processes;

public sealed class MemoryLockTests
{
    private const int Pages = 256;

    /// <summary>Root may lock what it likes, also in a container that has no limit of its own.</summary>
    [NamespaceFact]
    public void What_is_mapped_is_loaded_and_held()
    {
        MemoryLock.TryHold().ShouldBeTrue();
        var file = Path.Combine(Path.GetTempPath(), $"am-lock-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllBytes(file, new byte[Pages * Environment.SystemPageSize]);
            using var mapped = MemoryMappedFile.CreateFromFile(file, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            using var view = mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            var whole = Pages * Environment.SystemPageSize / 1024;
            Mapping(file)["Rss"].ShouldBeLessThan(whole); // held, but not read yet
            MemoryLock.TryLoad().ShouldBeTrue();
            Mapping(file)["Rss"].ShouldBe(whole);
            Mapping(file)["Locked"].ShouldBe(whole);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Kilobytes by name, of proc_pid_smaps(5).</summary>
    private static Dictionary<string, int> Mapping(string file) => File.ReadLines("/proc/self/smaps")
        .SkipWhile(line => !line.EndsWith(file, StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.Contains(" kB", StringComparison.Ordinal))
        .Select(line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(words => words[0], words => int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture));
}
