using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.DataPlane.Flows;

/// <summary>
/// One listener per device: hears the kernel's events of connections that carry our mark and hands them over by traffic group and channel, batch by
/// batch as they were read.
/// </summary>
public sealed class FlowListener : IConntrackObserver, IDisposable
{
    private readonly ConntrackListener listener;
    private readonly IFlowSink sink;
    private readonly int channels;
    private readonly FlowBatch?[] batches;

    /// <summary>From here on events are queued, so a dump may follow; they are handed over from <see cref="Start"/> on.</summary>
    /// <param name="channels">How many each traffic group has.</param>
    public FlowListener(NamespaceThread thread, IFlowSink sink, int channels = 1)
    {
        (this.sink, this.channels) = (sink, channels);
        batches = new FlowBatch?[(FlowMark.MaximumTrafficGroup + 1) * channels];
        listener = thread.Run(() => ConntrackListener.Open(new ConntrackListenerOptions(FlowMark.Ours, FlowMark.OursMask)));
    }

    public void Start() => listener.Start(this);

    /// <summary>Our own injections must not come back as news.</summary>
    public void Ignore(KernelFlows flows) => listener.Ignore(flows.PortId);

    public void Heed(KernelFlows flows) => listener.Heed(flows.PortId);

    public void Events(ReadOnlySpan<ConntrackEvent> events)
    {
        foreach (ref readonly var conntrack in events)
        {
            var record = FlowConversion.ToRecord(conntrack.Entry);
            (batches[record.Mark.TrafficGroup * channels + ChannelShare.NumberOf(record.Original, channels) - 1] ??= FlowBatch.Rent()).Events.Add(
                new FlowEvent(FlowConversion.ToKind(conntrack, record), record, FlowConversion.IsLarge(conntrack.Entry)));
        }

        for (var i = 0; i < batches.Length; i++)
        {
            if (batches[i] is not { } batch) continue;
            batches[i] = null;
            var (group, channel) = (i / channels, i % channels + 1);
            if (sink.Post(group, channel, batch)) continue;
            batch.Return();
            sink.Lost(group, channel);
        }
    }

    public void Overflow() => sink.Lost(0, 0);

    public void Stopped(Exception? reason)
    {
        if (reason is not null) sink.Broken(reason);
    }

    public void Dispose() => listener.Dispose();
}
