using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using ActorMirror.Cluster.Corosync.Native;
using ActorMirror.Domain.Cluster;

namespace ActorMirror.Cluster.Corosync;

/// <summary>What a group of processes tells, in its total order. Called on the thread that dispatches; spans are only good for the call.</summary>
internal interface ICpgListener
{
    void MembersChanged(ReadOnlySpan<CpgAddress> members, ReadOnlySpan<CpgAddress> left, ReadOnlySpan<CpgAddress> joined);

    void RingChanged(RingId ring);

    void Delivered(uint node, uint process, ReadOnlySpan<byte> message);
}

/// <summary>A connection to corosync that is a member of one process group. All calls from one thread.</summary>
internal sealed unsafe class CpgSession : IDisposable
{
    // The callbacks have no argument of ours that is there from the first call on; they run inside Dispatch, so the thread knows.
    [ThreadStatic]
    private static CpgSession? _dispatching;

    private readonly ICpgListener _listener;
    private readonly ulong _handle;
    private CpgName _group;
    private ExceptionDispatchInfo? _thrown;
    private bool _closed;

    /// <exception cref="CorosyncException">corosync is not there, or not ready yet.</exception>
    public CpgSession(ReadOnlySpan<byte> group, ICpgListener listener)
    {
        _listener = listener;
        _group = new CpgName(group);
        var model = new CpgModelV1
        {
            Model = CpgModelV1.Model1,
            Deliver = &OnDelivered,
            Members = &OnMembersChanged,
            Ring = &OnRingChanged,
            Flags = CpgModelV1.DeliverInitialRing,
        };
        CorosyncException.Check(CpgNative.Initialise(out _handle, CpgModelV1.Model1, &model, null), "cpg_model_initialize");
        try
        {
            CorosyncException.Check(CpgNative.GetDescriptor(_handle, out var descriptor), "cpg_fd_get");
            CorosyncException.Check(CpgNative.GetLocalNode(_handle, out var node), "cpg_local_get");
            Descriptor = descriptor;
            LocalNode = node;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Readable when there is something to dispatch.</summary>
    public int Descriptor { get; }

    public uint LocalNode { get; }

    /// <returns>False: not now (a ring is forming, or a former run of this process is not gone yet); again in a few milliseconds.</returns>
    public bool TryJoin()
    {
        fixed (CpgName* group = &_group)
        {
            var result = CpgNative.Join(_handle, group);
            if (result == CorosyncError.TryAgain)
                return false;
            CorosyncException.Check(result, "cpg_join");
            return true;
        }
    }

    public bool TryLeave()
    {
        fixed (CpgName* group = &_group)
            return CpgNative.Leave(_handle, group) == CorosyncError.Ok;
    }

    /// <returns>False: not now (a ring is forming, or flow control).</returns>
    public bool TryMulticast(ReadOnlySpan<byte> message)
    {
        fixed (byte* bytes = message)
        {
            var vector = new IoVector { Base = bytes, Length = (nuint)message.Length };
            var result = CpgNative.Multicast(_handle, CpgNative.Agreed, &vector, 1);
            if (result == CorosyncError.TryAgain)
                return false;
            CorosyncException.Check(result, "cpg_mcast_joined");
            return true;
        }
    }

    /// <summary>Runs the listener for the next event, if there is one.</summary>
    public bool DispatchOne()
    {
        _dispatching = this;
        var result = CpgNative.Dispatch(_handle, Dispatch.OneNonblocking);
        _dispatching = null;
        var thrown = _thrown;
        _thrown = null;
        thrown?.Throw();
        if (result == CorosyncError.TryAgain)
            return false;
        CorosyncException.Check(result, "cpg_dispatch");
        return true;
    }

    /// <summary>Closes the connection. A member that did not leave before is gone as if its process had died.</summary>
    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        CpgNative.Close(_handle);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDelivered(ulong handle, CpgName* group, uint node, uint process, byte* message, nuint length)
    {
        var session = _dispatching!;
        try
        {
            session._listener.Delivered(node, process, new ReadOnlySpan<byte>(message, (int)length));
        }
        catch (Exception thrown)
        {
            session.Keep(thrown);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMembersChanged(
        ulong handle, CpgName* group, CpgAddress* members, nuint memberCount, CpgAddress* left, nuint leftCount, CpgAddress* joined, nuint joinedCount)
    {
        var session = _dispatching!;
        try
        {
            session._listener.MembersChanged(
                new ReadOnlySpan<CpgAddress>(members, (int)memberCount),
                new ReadOnlySpan<CpgAddress>(left, (int)leftCount),
                new ReadOnlySpan<CpgAddress>(joined, (int)joinedCount));
        }
        catch (Exception thrown)
        {
            session.Keep(thrown);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnRingChanged(ulong handle, NativeRingId ring, uint count, uint* members)
    {
        var session = _dispatching!;
        try
        {
            session._listener.RingChanged(new RingId(ring.NodeId, ring.Sequence));
        }
        catch (Exception thrown)
        {
            session.Keep(thrown);
        }
    }

    /// <summary>An exception must not unwind into libcpg: it is thrown again behind the dispatch.</summary>
    private void Keep(Exception thrown) => _thrown ??= ExceptionDispatchInfo.Capture(thrown);
}
