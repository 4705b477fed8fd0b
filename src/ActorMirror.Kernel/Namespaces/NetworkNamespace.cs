using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Namespaces;

/// <summary>
/// A network namespace under <c>/run/netns</c>, as <c>ip netns</c> keeps them: a file that a namespace is bind-mounted on. The open
/// descriptor keeps the namespace alive even when its name is deleted.
/// </summary>
public sealed unsafe class NetworkNamespace : IDisposable
{
    private const string Folder = "/run/netns";

    private NetworkNamespace(string name, Descriptor descriptor)
    {
        Name = name;
        Descriptor = descriptor;
    }

    public string Name { get; }

    internal Descriptor Descriptor { get; }

    /// <exception cref="ArgumentException">The name cannot be a file's name.</exception>
    public static bool Exists(string name)
    {
        using var descriptor = OpenFile(PathOf(name));
        return descriptor is not null && IsNetworkNamespace(descriptor);
    }

    /// <exception cref="DirectoryNotFoundException">There is no such namespace.</exception>
    /// <exception cref="ArgumentException">The name cannot be a file's name.</exception>
    public static NetworkNamespace Open(string name)
    {
        var descriptor = OpenFile(PathOf(name));
        if (descriptor is not null && IsNetworkNamespace(descriptor)) return new(name, descriptor);
        descriptor?.Dispose();
        throw new DirectoryNotFoundException($"there is no network namespace '{name}' in {Folder}");
    }

    /// <summary>The namespace this process is in.</summary>
    /// <exception cref="KernelException">No descriptor left.</exception>
    public static NetworkNamespace OpenOwn() =>
        // The process's, not the thread's: a thread of a pool may ask.
        OpenFile("/proc/self/ns/net") is { } descriptor ? new("(own)", descriptor) : throw KernelException.Last("cannot open /proc/self/ns/net");

    /// <summary>A new namespace without a name: it is gone when this is disposed, or the process ends, and nothing is left in it.</summary>
    /// <exception cref="KernelException">Not permitted (CAP_SYS_ADMIN), or no room.</exception>
    public static NetworkNamespace CreateNameless()
    {
        Descriptor? descriptor = null;
        OnOwnThread(() =>
        {
            Unshare();
            descriptor = OpenFile("/proc/thread-self/ns/net") ?? throw KernelException.Last("cannot open /proc/thread-self/ns/net");
        });
        return new("(nameless)", descriptor!);
    }

    /// <summary>Opens the namespace and makes it first if it is absent. A new namespace holds only a loopback interface, which is down.</summary>
    /// <exception cref="KernelException">Not permitted (CAP_SYS_ADMIN), or no room.</exception>
    public static NetworkNamespace OpenOrCreate(string name)
    {
        if (Exists(name)) return Open(name);
        Create(name);
        return Open(name);
    }

    /// <summary>Removes the name. The namespace itself ends with its last process, socket and descriptor. Absent is fine.</summary>
    public static void Delete(string name)
    {
        var path = PathOf(name);
        // EINVAL: a file that nothing is mounted on, left behind by a mount namespace that is gone.
        if (Libc.umount2(path, UnmountFlags.Detach) != 0 && KernelException.LastErrno is not (Errno.ENOENT or Errno.EINVAL))
            throw KernelException.Last($"cannot unmount {path}");
        File.Delete(path);
    }

    public void Dispose() => Descriptor.Dispose();

    private static void Create(string name)
    {
        var path = PathOf(name);
        ShareFolder();
        // Not exclusive: a file without a namespace on it is a leftover of a mount namespace that is gone, and is used again.
        using (var file = Libc.open(path, OpenFlags.Rdonly | OpenFlags.Creat | OpenFlags.Cloexec, 0))
        {
            if (file.IsInvalid) throw KernelException.Last($"cannot create {path}");
        }

        try
        {
            OnOwnThread(() =>
            {
                Unshare();
                if (Libc.mount("/proc/thread-self/ns/net", path, "none", MountFlags.Bind, null) != 0)
                    throw KernelException.Last($"cannot bind the network namespace to {path}");
            });
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>
    /// Makes the folder a shared mount, so that a namespace deleted here is gone in every mount namespace too (as ip netns does). The lock
    /// keeps two processes from mounting the folder over itself twice, which would hide the names below.
    /// </summary>
    private static void ShareFolder()
    {
        Directory.CreateDirectory(Folder);
        using var folder = Libc.open(Folder, OpenFlags.Rdonly | OpenFlags.Cloexec, 0);
        if (folder.IsInvalid || Libc.flock(folder, FileLock.Ex) != 0) throw KernelException.Last($"cannot lock {Folder}");
        if (Libc.mount("none", Folder, "none", MountFlags.Shared | MountFlags.Rec, null) == 0) return;
        if (Libc.mount(Folder, Folder, "none", MountFlags.Bind | MountFlags.Rec, null) != 0
            || Libc.mount("none", Folder, "none", MountFlags.Shared | MountFlags.Rec, null) != 0)
            throw KernelException.Last($"cannot share the mount {Folder}");
    }

    private static void Unshare()
    {
        if (Libc.unshare(CloneFlags.Newnet) != 0) throw KernelException.Last("cannot make a network namespace");
    }

    /// <summary>A thread that was unshared must end: a thread born on it would be born in its namespace.</summary>
    private static void OnOwnThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) throw failure;
    }

    private static Descriptor? OpenFile(string path)
    {
        var descriptor = Libc.open(path, OpenFlags.Rdonly | OpenFlags.Cloexec, 0);
        if (!descriptor.IsInvalid) return descriptor;
        descriptor.Dispose();
        return null;
    }

    private static bool IsNetworkNamespace(Descriptor descriptor) => Libc.ioctl(descriptor, NamespaceRequest.GetNstype) == CloneFlags.Newnet;

    private static string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name is "." or ".." || name.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' cannot name a network namespace", nameof(name));
        return $"{Folder}/{name}";
    }
}
