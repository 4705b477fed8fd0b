using System.Runtime.InteropServices;

namespace ActorMirror.Kernel.Native;

/// <summary>Namespaces, mounts and files.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial Descriptor open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial Descriptor memfd_create(string name, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int flock(Descriptor descriptor, int operation);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(Descriptor descriptor, ulong request);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setns(Descriptor descriptor, int kind);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string kind, ulong flags, void* data);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int umount2(string target, int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint if_nametoindex(string name);
}

[KernelHeader("fcntl.h", "O_")]
internal static class OpenFlags
{
    public const int Rdonly = 0;
    public const int Creat = 0x40;
    public const int Cloexec = 0x80000;
}

[KernelHeader("sys/mman.h", "MFD_")]
internal static class MemoryFileFlags
{
    public const uint Cloexec = 1;
}

[KernelHeader("sys/file.h", "LOCK_")]
internal static class FileLock
{
    public const int Ex = 2;
}

[KernelHeader("sched.h", "CLONE_")]
internal static class CloneFlags
{
    public const int Newnet = 0x40000000;
}

[KernelHeader("sys/mount.h", "MS_")]
internal static class MountFlags
{
    public const ulong Bind = 0x1000;
    public const ulong Rec = 0x4000;
    public const ulong Shared = 0x100000;
}

[KernelHeader("sys/mount.h", "MNT_")]
internal static class UnmountFlags
{
    public const int Detach = 2;
}

[KernelHeader("linux/nsfs.h", "NS_")]
internal static class NamespaceRequest
{
    /// <summary>Answers with the kind of namespace behind a descriptor; ENOTTY for any other file.</summary>
    public const ulong GetNstype = 0xb703;
}
