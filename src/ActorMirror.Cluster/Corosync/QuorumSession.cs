using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorMirror.Cluster.Corosync.Native;
using ActorMirror.Domain.Cluster;

namespace ActorMirror.Cluster.Corosync;

/// <summary>A connection to corosync's quorum service: which ring it is in, and whether that ring has the quorum. All calls from one thread.</summary>
internal sealed unsafe class QuorumSession : IDisposable
{
    [ThreadStatic]
    private static QuorumSession? _dispatching;

    private readonly Queue<(RingId Ring, bool Quorate)> _verdicts = new();
    private readonly ulong _handle;
    private bool _closed;

    /// <exception cref="CorosyncException">corosync is not there, or not ready yet, or runs without a quorum provider.</exception>
    public QuorumSession()
    {
        var model = new QuorumModelV1 { Model = QuorumModelV1.Model1, Quorum = &OnVerdict, Nodes = &OnNodes };
        CorosyncException.Check(QuorumNative.Initialise(out _handle, QuorumModelV1.Model1, &model, out var type, null), "quorum_model_initialize");
        try
        {
            if (type == QuorumNative.Free)
                throw new ClusterEngineException("corosync runs without a quorum provider: set quorum.provider to corosync_votequorum.");
            CorosyncException.Check(QuorumNative.GetDescriptor(_handle, out var descriptor), "quorum_fd_get");
            CorosyncException.Check(QuorumNative.Track(_handle, QuorumNative.TrackCurrent | QuorumNative.TrackChanges), "quorum_trackstart");
            Descriptor = descriptor;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Descriptor { get; }

    /// <summary>The next verdict on a ring, if there is one.</summary>
    public bool TryRead(out RingId ring, out bool quorate)
    {
        while (!_verdicts.TryPeek(out _))
        {
            _dispatching = this;
            var result = QuorumNative.Dispatch(_handle, Dispatch.OneNonblocking);
            _dispatching = null;
            if (result == CorosyncError.TryAgain)
                break;
            CorosyncException.Check(result, "quorum_dispatch");
        }

        var found = _verdicts.TryDequeue(out var verdict);
        (ring, quorate) = verdict;
        return found;
    }

    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        QuorumNative.Close(_handle);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnVerdict(ulong handle, uint quorate, NativeRingId ring, uint count, uint* members) =>
        _dispatching!._verdicts.Enqueue((new RingId(ring.NodeId, ring.Sequence), quorate != 0));

    /// <summary>The list of nodes says nothing CPG does not say in order; libquorum calls it all the same.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnNodes(ulong handle, NativeRingId ring, uint count, uint* members, uint joinedCount, uint* joined, uint leftCount, uint* left)
    {
    }
}
