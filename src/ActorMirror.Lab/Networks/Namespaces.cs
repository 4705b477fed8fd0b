using System.Globalization;
using System.Runtime.InteropServices;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Lab.Networks;

/// <summary>Named network namespaces, as <c>ip netns</c> keeps them: a bind mount each below /run/netns.</summary>
internal static partial class Namespaces
{
    public const string Directory = "/run/netns";

    public static IReadOnlyList<string> All() =>
        System.IO.Directory.Exists(Directory) ? [.. System.IO.Directory.GetFiles(Directory).Select(f => Path.GetFileName(f)).Order()] : [];

    public static bool Exists(string name) => File.Exists(Path.Combine(Directory, name));

    /// <summary>Processes whose network namespace is one of these.</summary>
    public static IReadOnlyList<ProcessIdentity> Members(IEnumerable<string> names)
    {
        var inodes = names.Select(n => Inode(Path.Combine(Directory, n))).Where(i => i != 0).ToHashSet();
        return inodes.Count == 0 ? [] : [.. Processes().Where(id => inodes.Contains(LinkInode(id))).Select(ProcessIdentity.Of).OfType<ProcessIdentity>()];
    }

    private static IEnumerable<int> Processes() =>
        System.IO.Directory.EnumerateDirectories("/proc").Select(d => Path.GetFileName(d)).Where(d => char.IsAsciiDigit(d[0])).Select(int.Parse);

    /// <summary>/proc/PID/ns/net is a link "net:[4026531840]".</summary>
    private static ulong LinkInode(int process)
    {
        try
        {
            var target = new FileInfo($"/proc/{process}/ns/net").LinkTarget;
            return target is null ? 0 : ulong.Parse(target.AsSpan()[(target.IndexOf('[') + 1)..^1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // gone meanwhile, or a kernel thread
        }
    }

    private static ulong Inode(string path)
    {
        var status = new Stat();
        return stat(path, ref status) == 0 ? status.Inode : 0;
    }

    /// <summary>The first fields of struct stat on x86-64 and arm64, 144 bytes at most.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Stat
    {
        public ulong Device;
        public ulong Inode;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int stat(string path, ref Stat status);
}
