using System.Runtime.InteropServices;

namespace ActorMirror.Cluster.Corosync.Native;

/// <summary>libcmap, corosync's map of settings and of statistics. The calls wait for corosync's answer, without a limit.</summary>
internal static partial class CmapNative
{
    public const int Statistics = 1; // CMAP_MAP_STATS

    private const string Library = "libcmap.so.4";

    [LibraryImport(Library, EntryPoint = "cmap_initialize_map")]
    public static partial CorosyncError Initialise(out ulong handle, int map);

    [LibraryImport(Library, EntryPoint = "cmap_finalize")]
    public static partial CorosyncError Close(ulong handle);

    [LibraryImport(Library, EntryPoint = "cmap_get_uint8", StringMarshalling = StringMarshalling.Utf8)]
    public static partial CorosyncError GetByte(ulong handle, string key, out byte value);

    [LibraryImport(Library, EntryPoint = "cmap_get_uint32", StringMarshalling = StringMarshalling.Utf8)]
    public static partial CorosyncError GetCount(ulong handle, string key, out uint value);
}
