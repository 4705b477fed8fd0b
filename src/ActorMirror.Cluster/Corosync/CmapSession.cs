using ActorMirror.Cluster.Corosync.Native;

namespace ActorMirror.Cluster.Corosync;

/// <summary>A connection to corosync's statistics. All calls from one thread, which waits as long as corosync hangs.</summary>
internal sealed class CmapSession : IDisposable
{
    private readonly ulong _handle;

    /// <exception cref="CorosyncException">corosync is not there, or not ready yet.</exception>
    public CmapSession() => CorosyncException.Check(CmapNative.Initialise(out _handle, CmapNative.Statistics), "cmap_initialize_map");

    /// <exception cref="CorosyncException">The connection is lost, or there is no such key.</exception>
    public byte ReadByte(string key)
    {
        CorosyncException.Check(CmapNative.GetByte(_handle, key, out var value), $"cmap_get_uint8 {key}");
        return value;
    }

    /// <exception cref="CorosyncException">The connection is lost, or there is no such key.</exception>
    public uint ReadCount(string key)
    {
        CorosyncException.Check(CmapNative.GetCount(_handle, key, out var value), $"cmap_get_uint32 {key}");
        return value;
    }

    public void Dispose() => CmapNative.Close(_handle);
}
