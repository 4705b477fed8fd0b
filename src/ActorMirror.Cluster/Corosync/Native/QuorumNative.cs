using System.Runtime.InteropServices;

namespace ActorMirror.Cluster.Corosync.Native;

/// <summary>quorum_model_v1_data_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct QuorumModelV1
{
    public const int Model1 = 1; // QUORUM_MODEL_V1

    public int Model;
    public delegate* unmanaged[Cdecl]<ulong, uint, NativeRingId, uint, uint*, void> Quorum;
    public delegate* unmanaged[Cdecl]<ulong, NativeRingId, uint, uint*, uint, uint*, uint, uint*, void> Nodes;
}

/// <summary>libquorum: whether the ring this node is in has the quorum.</summary>
internal static unsafe partial class QuorumNative
{
    public const uint TrackCurrent = 1; // CS_TRACK_CURRENT
    public const uint TrackChanges = 2; // CS_TRACK_CHANGES
    public const uint Free = 0;         // QUORUM_FREE: no provider, everybody is always "quorate"

    public const string Library = "libquorum.so.5";

    [LibraryImport(Library, EntryPoint = "quorum_model_initialize")]
    public static partial CorosyncError Initialise(out ulong handle, int model, QuorumModelV1* data, out uint type, void* context);

    [LibraryImport(Library, EntryPoint = "quorum_finalize")]
    public static partial CorosyncError Close(ulong handle);

    [LibraryImport(Library, EntryPoint = "quorum_fd_get")]
    public static partial CorosyncError GetDescriptor(ulong handle, out int descriptor);

    [LibraryImport(Library, EntryPoint = "quorum_trackstart")]
    public static partial CorosyncError Track(ulong handle, uint flags);

    [LibraryImport(Library, EntryPoint = "quorum_dispatch")]
    public static partial CorosyncError Dispatch(ulong handle, Dispatch how);
}
