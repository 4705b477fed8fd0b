using ActorMirror.Cluster.Corosync.Native;

namespace ActorMirror.Cluster.Corosync;

/// <summary>A call into corosync failed in a way that ends the connection; the daemon may be gone or not yet ready.</summary>
internal sealed class CorosyncException(string call, CorosyncError error) : Exception($"{call}: {error} ({(int)error})")
{
    public CorosyncError Error { get; } = error;

    public static void Check(CorosyncError result, string call)
    {
        if (result != CorosyncError.Ok)
            throw new CorosyncException(call, result);
    }
}
