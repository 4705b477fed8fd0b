using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Namespaces;

/// <summary>
/// Opens sockets, files and library contexts inside a network namespace for a process that itself stays in the host's. One dedicated
/// thread switches there, opens, switches back, and only then hands over: a socket keeps the namespace it was opened in, and a thread
/// that is born on a switched thread would keep it too. Without a namespace everything simply runs on the caller's thread.
/// </summary>
public sealed class NamespaceThread : IDisposable
{
    /// <summary>Callers wait for their own answer, so this is the number of threads that may wait at once; a further one blocks.</summary>
    private const int WaitingCallers = 64;

    private readonly NetworkNamespace? _namespace;
    private readonly NetworkNamespace? _host;
    private readonly BlockingCollection<Action>? _work;
    private readonly Thread? _thread;

    private NamespaceThread(NetworkNamespace? @namespace)
    {
        _namespace = @namespace;
        if (@namespace is null) return;
        _host = NetworkNamespace.OpenOwn();
        _work = new(WaitingCallers);
        _thread = new Thread(Work) { IsBackground = true, Name = $"netns {@namespace.Name}" };
        _thread.Start();
    }

    /// <summary>The namespace's name; null is the host's own.</summary>
    public string? Name => _namespace?.Name;

    internal NetworkNamespace? Namespace => _namespace;

    public override string ToString() => Name is null ? "the host's network namespace" : $"the network namespace '{Name}'";

    /// <param name="name">A name under /run/netns that exists; null is the namespace the process is in.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such namespace.</exception>
    public static NamespaceThread Enter(string? name) => new(name is null ? null : NetworkNamespace.Open(name));

    /// <summary>Takes over the namespace: it is disposed with this.</summary>
    /// <exception cref="KernelException">No descriptor left.</exception>
    public static NamespaceThread Into(NetworkNamespace target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(target);
    }

    /// <summary>
    /// Runs the function inside the namespace and returns what it opened. It may only open: work it queues or threads it starts
    /// could be born inside. An exception of the function is thrown here.
    /// </summary>
    /// <exception cref="KernelException">The namespace cannot be entered (CAP_SYS_ADMIN).</exception>
    public T Run<T>(Func<T> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (_work is null || Thread.CurrentThread == _thread) return open();

        T? result = default;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = Inside(open);
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result!;
    }

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    public void Run(Action action) => Run<object?>(() =>
    {
        action();
        return null;
    });

    /// <summary>What was opened stays open; the thread ends.</summary>
    public void Dispose()
    {
        _work?.CompleteAdding();
        _thread?.Join();
        _work?.Dispose();
        _host?.Dispose();
        _namespace?.Dispose();
    }

    private void Work()
    {
        foreach (var item in _work!.GetConsumingEnumerable()) item();
    }

    private T Inside<T>(Func<T> open)
    {
        if (Libc.setns(_namespace!.Descriptor, CloneFlags.Newnet) != 0)
            throw KernelException.Last($"cannot enter {this}");
        try
        {
            return open();
        }
        finally
        {
            // On in the wrong namespace, the next socket would be opened there in silence.
            if (Libc.setns(_host!.Descriptor, CloneFlags.Newnet) != 0)
                Environment.FailFast(KernelException.Last($"cannot leave {this}").Message);
        }
    }
}
