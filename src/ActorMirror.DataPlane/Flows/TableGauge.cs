using ActorMirror.Kernel;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.DataPlane.Flows;

/// <summary>How full the kernel's connection table is, by a socket of its own: a number the kernel keeps, no walk. Safe from any thread.</summary>
public sealed class TableGauge(NamespaceThread thread) : IDisposable
{
    private readonly Lock asking = new();
    private readonly ConntrackTable table = thread.Run(ConntrackTable.Open);

    /// <summary>Null: the kernel does not answer.</summary>
    public (long Entries, long Maximum)? Read()
    {
        lock (asking)
        {
            try
            {
                var (entries, maximum) = table.Usage();
                return (entries, maximum);
            }
            catch (KernelException)
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        lock (asking) table.Dispose();
    }
}
