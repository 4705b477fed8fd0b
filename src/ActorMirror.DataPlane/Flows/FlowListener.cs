using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.DataPlane.Flows;

/// <summary>
/// One listener per device: hears the kernel's events of connections that carry our mark and hands them over by traffic group, batch by batch as
/// they were read.
/// </summary>
public sealed class FlowListener : IConntrackObserver, IDisposable
{
    /// <summary>
    /// The most an event waits for others under load, on its way to being protected. Each reading wakes some ten threads, here and on the mirror: at 1,000 connections
    /// a second, each read by itself, two thirds of the processor time went into that.
    /// </summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(5);

    private readonly ConntrackListener listener;
    private readonly IFlowSink sink;
    private readonly FlowBatch?[] batches = new FlowBatch?[FlowMark.MaximumTrafficGroup + 1];

    /// <summary>From here on events are queued, so a dump may follow; they are handed over from <see cref="Start"/> on.</summary>
    public FlowListener(NamespaceThread thread, IFlowSink sink)
    {
        this.sink = sink;
        listener = thread.Run(() => ConntrackListener.Open(new ConntrackListenerOptions(FlowMark.Ours, FlowMark.OursMask, Rest: Rest)));
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
            (batches[record.Mark.TrafficGroup] ??= FlowBatch.Rent()).Events.Add(
                new FlowEvent(FlowConversion.ToKind(conntrack, record), record, FlowConversion.IsLarge(conntrack.Entry)));
        }

        for (var group = 0; group < batches.Length; group++)
        {
            if (batches[group] is not { } batch) continue;
            batches[group] = null;
            if (sink.Post(group, batch)) continue;
            batch.Return();
            sink.Lost(group);
        }
    }

    public void Overflow() => sink.Lost(0);

    public void Stopped(Exception? reason)
    {
        if (reason is not null) sink.Broken(reason);
    }

    public void Dispose() => listener.Dispose();
}
