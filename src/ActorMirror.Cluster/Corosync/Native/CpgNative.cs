using System.Runtime.InteropServices;

namespace ActorMirror.Cluster.Corosync.Native;

/// <summary>corosync/cpg.h, cpg_reason_t.</summary>
internal enum CpgReason : uint
{
    Undefined = 0,      // CPG_REASON_UNDEFINED
    Join = 1,           // CPG_REASON_JOIN
    Leave = 2,          // CPG_REASON_LEAVE
    NodeDown = 3,       // CPG_REASON_NODEDOWN
    NodeUp = 4,         // CPG_REASON_NODEUP
    ProcessDown = 5,    // CPG_REASON_PROCDOWN
}

/// <summary>struct cpg_address. Node and process together name one run of a worker.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CpgAddress
{
    public uint NodeId;
    public uint ProcessId;
    public CpgReason Reason;
}

/// <summary>struct cpg_name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CpgName
{
    public const int MaximumLength = 128; // CPG_MAX_NAME_LENGTH

    public uint Length;
    public fixed byte Value[MaximumLength];

    public CpgName(ReadOnlySpan<byte> name)
    {
        Length = (uint)name.Length;
        fixed (byte* value = Value)
            name.CopyTo(new Span<byte>(value, MaximumLength));
    }
}

/// <summary>struct cpg_ring_id and struct quorum_ring_id, which are alike. The callbacks get it by value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeRingId
{
    public uint NodeId;
    public ulong Sequence;
}

/// <summary>cpg_model_v1_data_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CpgModelV1
{
    public const int Model1 = 1;              // CPG_MODEL_V1
    public const uint DeliverInitialRing = 1; // CPG_MODEL_V1_DELIVER_INITIAL_TOTEM_CONF

    public int Model;
    public delegate* unmanaged[Cdecl]<ulong, CpgName*, uint, uint, byte*, nuint, void> Deliver;
    public delegate* unmanaged[Cdecl]<ulong, CpgName*, CpgAddress*, nuint, CpgAddress*, nuint, CpgAddress*, nuint, void> Members;
    public delegate* unmanaged[Cdecl]<ulong, NativeRingId, uint, uint*, void> Ring;
    public uint Flags;
}

/// <summary>struct iovec (sys/uio.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public void* Base;
    public nuint Length;
}

/// <summary>libcpg, the closed process groups: membership of processes and their totally ordered messages.</summary>
internal static unsafe partial class CpgNative
{
    public const int Agreed = 2; // CPG_TYPE_AGREED: total order; CPG_TYPE_SAFE is not implemented by corosync

    public const string Library = "libcpg.so.4";

    [LibraryImport(Library, EntryPoint = "cpg_model_initialize")]
    public static partial CorosyncError Initialise(out ulong handle, int model, CpgModelV1* data, void* context);

    [LibraryImport(Library, EntryPoint = "cpg_finalize")]
    public static partial CorosyncError Close(ulong handle);

    [LibraryImport(Library, EntryPoint = "cpg_fd_get")]
    public static partial CorosyncError GetDescriptor(ulong handle, out int descriptor);

    [LibraryImport(Library, EntryPoint = "cpg_local_get")]
    public static partial CorosyncError GetLocalNode(ulong handle, out uint node);

    [LibraryImport(Library, EntryPoint = "cpg_join")]
    public static partial CorosyncError Join(ulong handle, CpgName* group);

    [LibraryImport(Library, EntryPoint = "cpg_leave")]
    public static partial CorosyncError Leave(ulong handle, CpgName* group);

    [LibraryImport(Library, EntryPoint = "cpg_dispatch")]
    public static partial CorosyncError Dispatch(ulong handle, Dispatch how);

    [LibraryImport(Library, EntryPoint = "cpg_mcast_joined")]
    public static partial CorosyncError Multicast(ulong handle, int guarantee, IoVector* vectors, uint count);
}
