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
    /// <summary>
    /// The most an event waits for others under load, on its way to being protected: 99 of 100 connections are to be within 20 ms. Each reading wakes threads here and
    /// on the mirror, and is a record of the channel and its acknowledgement: read by itself, an event costs several times what it does among others.
    /// </summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(12);

    private readonly ConntrackListener listener;
    private readonly IFlowSink sink;
    private readonly int channels;
    private readonly FlowBatch?[] batches;

    private readonly Func<FlowKey, int>? helpedGroup;

    /// <summary>From here on events are queued, so a dump may follow; they are handed over from <see cref="Start"/> on.</summary>
    /// <param name="channels">How many each traffic group has.</param>
    /// <param name="helpedGroup">
    /// The traffic group of a connection whose text a helper reads, by its original flow; 0: it is not ours. The event of an expectation has no mark to tell it.
    /// Null: there are no helpers.
    /// </param>
    public FlowListener(NamespaceThread thread, IFlowSink sink, int channels = 1, Func<FlowKey, int>? helpedGroup = null)
    {
        (this.sink, this.channels, this.helpedGroup) = (sink, channels, helpedGroup);
        batches = new FlowBatch?[(FlowMark.MaximumTrafficGroup + 1) * channels];
        listener = thread.Run(() => ConntrackListener.Open(
            new ConntrackListenerOptions(FlowMark.Ours, FlowMark.OursMask, Expectations: helpedGroup is not null, Rest: Rest)));
    }

    public void Start() => listener.Start(this);

    /// <summary>Our own injections must not come back as news.</summary>
    public void Ignore(KernelFlows flows) => listener.Ignore(flows.PortId);

    public void Heed(KernelFlows flows) => listener.Heed(flows.PortId);

    public void Events(ReadOnlySpan<ConntrackEvent> events)
    {
        foreach (ref readonly var conntrack in events)
        {
            if (conntrack.Kind == ConntrackEventKind.Expectation)
            {
                var master = FlowConversion.ToKey(conntrack.Entry.Original);
                if (helpedGroup!(master) is var of and not 0) Add(of, Helped(master));
                continue;
            }

            // The expectation was fulfilled: by now its master's sequence numbers have been moved for certain.
            if (FlowConversion.TryExpected(conntrack.Entry, out var expected))
            {
                Add(expected.Record.Mark.TrafficGroup, expected);
                Add(expected.Record.Mark.TrafficGroup, Helped(expected.Record.Reply));
                continue;
            }

            var record = FlowConversion.ToRecord(conntrack.Entry);
            Add(record.Mark.TrafficGroup, new FlowEvent(
                FlowConversion.ToKind(conntrack, record), record, FlowConversion.IsLarge(conntrack.Entry), conntrack.Entry.HasFtpHelper));
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

    private static FlowEvent Helped(in FlowKey master) => new(FlowEventKind.Helped, new ConnectionRecord { Original = master });

    private void Add(int group, in FlowEvent seen) =>
        (batches[(group * channels) + ChannelShare.NumberOf(seen.Record.Original, channels) - 1] ??= FlowBatch.Rent()).Events.Add(seen);
}
