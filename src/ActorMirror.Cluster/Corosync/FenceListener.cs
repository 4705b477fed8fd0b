using System.Buffers.Binary;
using ActorMirror.Cluster.Corosync.Native;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Corosync;

/// <summary>The worker's ear in the supervisors' group.</summary>
internal sealed class FenceListener : ICpgListener, IDisposable
{
    private readonly ViewSequencer _sequencer;
    private readonly CpgSession _session;

    public FenceListener(ViewSequencer sequencer)
    {
        _sequencer = sequencer;
        _session = new CpgSession(ProcessGroups.Fence, this);
    }

    public int Descriptor => _session.Descriptor;

    public bool TryJoin() => _session.TryJoin();

    public void Dispatch()
    {
        while (_session.DispatchOne())
        {
        }
    }

    public void Dispose() => _session.Dispose();

    void ICpgListener.MembersChanged(ReadOnlySpan<CpgAddress> members, ReadOnlySpan<CpgAddress> left, ReadOnlySpan<CpgAddress> joined)
    {
    }

    void ICpgListener.RingChanged(RingId ring)
    {
    }

    void ICpgListener.Delivered(uint node, uint process, ReadOnlySpan<byte> bytes)
    {
        if (ClusterMessage.TryRead(bytes, out var message) && message.Kind == MessageKind.Fenced)
            _sequencer.FencedDelivered(new WorkerRun(new DeviceId((int)node), BinaryPrimitives.ReadUInt32LittleEndian(message.Payload)));
    }
}
