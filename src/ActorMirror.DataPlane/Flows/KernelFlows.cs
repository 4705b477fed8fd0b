using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Kernel;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.DataPlane.Flows;

/// <summary>The kernel's entries of one traffic group, or of one of its channels: dumps them, and carries out what a mirror's table asks for. One owner at a time.</summary>
public sealed class KernelFlows : IDisposable
{
    /// <summary>
    /// Lifetime of a mirrored entry. It lives until the active says otherwise, so it only has to outlast every pause in the mirroring; the
    /// first packet after a promotion sets the sysctl's time-out, and <see cref="SetLifetimes"/> that of the idle ones.
    /// </summary>
    public static readonly TimeSpan MirroredLifetime = TimeSpan.FromDays(1);

    private const uint GroupMask = FlowMark.OursMask | FlowMark.TrafficGroupMask;

    private readonly ConntrackTable table;
    private readonly ConntrackBatch batch = new();
    private readonly List<(int Operation, bool IsDeletion)> sent = []; // of each change in the batch
    private readonly List<KernelOperation> again = [];
    private readonly uint group;
    private readonly ChannelShare share;

    public KernelFlows(NamespaceThread thread, int trafficGroup)
        : this(thread, trafficGroup, ChannelShare.Whole)
    {
    }

    public KernelFlows(NamespaceThread thread, int trafficGroup, ChannelShare share)
    {
        (group, this.share) = (FlowMark.GroupBits(trafficGroup), share);
        table = thread.Run(ConntrackTable.Open);
    }

    internal uint PortId => table.PortId;

    /// <summary>
    /// Applies the operations in their order; several for one connection keep theirs. Refused ones come back as (connection, reason) and do not
    /// hinder the others. What is found otherwise than expected (a create that exists, an update that does not) is made to fit once.
    /// </summary>
    /// <param name="lifetime">How long an entry lives without traffic.</param>
    /// <param name="inBackground">Nobody waits for it: others get at the processor in between.</param>
    /// <returns>How many were found otherwise than expected.</returns>
    /// <exception cref="NetlinkException">The kernel's answers were lost: dump.</exception>
    public int Apply(
        IReadOnlyList<KernelOperation> operations, Func<ConnectionRecord, TimeSpan> lifetime, Action<KernelOperation, RetractionReason> refused,
        bool inBackground = false)
    {
        again.Clear();
        Execute(operations, lifetime, inBackground, (operation, failure) =>
        {
            if (Mended(operation, failure) is { } other) again.Add(other);
            else if (Reason(operation, failure) is { } reason) refused(operation, reason);
        });
        if (again.Count == 0) return 0;
        Execute(again, lifetime, inBackground, (operation, failure) =>
        {
            if (Reason(operation, failure) is { } reason) refused(operation, reason);
        });
        return again.Count;
    }

    /// <summary>Everything of this channel that was ever confirmed by a reply, in spans; before one that was expected, that it was.</summary>
    public void Dump(Action<ReadOnlySpan<FlowEvent>> visitor)
    {
        var seen = new FlowEvent[512];
        table.Dump(group, GroupMask, entries =>
        {
            var count = 0;
            foreach (ref readonly var entry in entries)
            {
                if (!Carries(entry)) continue;
                var record = FlowConversion.ToRecord(entry);
                if (!share.Has(record.Original)) continue;
                if (FlowConversion.TryExpected(entry, out var expected)) seen[count++] = expected;
                seen[count++] = new FlowEvent(FlowEventKind.Seen, record, FlowConversion.IsLarge(entry), entry.HasFtpHelper);
            }

            visitor(seen.AsSpan(0, count));
        });
    }

    /// <summary>What the kernel's helper did to a connection until now; null: it has none, or is not there.</summary>
    /// <exception cref="NetlinkException">The kernel's answer was lost, or a change came in between: ask again.</exception>
    public HelperState? Helped(in FlowKey key)
    {
        var tuple = FlowConversion.ToTuple(key);
        if (table.Get(tuple) is not { HasFtpHelper: true }) return null;

        // First the expectation: the kernel makes it before it moves the sequence numbers of the text that announces it.
        var expectation = table.Expectation(tuple);
        return table.Get(tuple) is { HasFtpHelper: true } entry ? FlowConversion.ToHelperState(entry, expectation) : null;
    }

    /// <summary>Gives mirrored entries the lifetime they would have had here: what the profile says, by state.</summary>
    public void SetLifetimes(ReadOnlySpan<ConnectionRecord> records, Func<ConnectionRecord, TimeSpan> lifetime)
    {
        batch.Clear();
        foreach (ref readonly var record in records)
            batch.Refresh(FlowConversion.ToTuple(record.Original), Seconds(lifetime(record)));
        table.Execute(batch, inBackground: true); // an entry that has ended meanwhile needs none
    }

    /// <summary>
    /// How many connections of this channel the kernel can hold, if it holds so many now: nf_conntrack_max is shared with everything else there, and what is
    /// left of it with the other channels.
    /// </summary>
    public int Room(int held)
    {
        var (entries, maximum) = table.Usage();
        return maximum == 0 ? int.MaxValue : (int)Math.Clamp((maximum - (long)entries) / share.Channels + held, 0, int.MaxValue);
    }

    /// <summary>Deletes every entry of this channel: another device carries the connections on, and these would capture later ones.</summary>
    public void Forget()
    {
        var keys = new List<ConntrackTuple>();
        table.Dump(group, GroupMask, entries =>
        {
            foreach (ref readonly var entry in entries)
            {
                if (share.Has(FlowConversion.ToKey(entry.Original))) keys.Add(entry.Original);
            }
        });
        batch.Clear();
        foreach (var key in keys) batch.Delete(key);
        table.Execute(batch, inBackground: true); // an entry that has ended meanwhile is as good as deleted
    }

    public void Dispose() => table.Dispose();

    /// <summary>
    /// A TCP connection counts from its handshake on, a UDP flow from its first reply: the moments the events come at. Pings, which SNATs translate too,
    /// do not.
    /// </summary>
    private static bool Carries(in ConntrackEntry entry) => (TransportProtocol)entry.Original.Protocol switch
    {
        TransportProtocol.Tcp => (entry.Status & ConntrackStatus.Assured) != ConntrackStatus.None,
        TransportProtocol.Udp => (entry.Status & ConntrackStatus.SeenReply) != ConntrackStatus.None,
        _ => false,
    };

    private void Execute(IReadOnlyList<KernelOperation> operations, Func<ConnectionRecord, TimeSpan> lifetime, bool inBackground, Action<KernelOperation, Errno> failed)
    {
        batch.Clear();
        sent.Clear();
        for (var i = 0; i < operations.Count; i++) Add(i, operations[i], Seconds(lifetime(operations[i].Record)));
        if (batch.Count == 0 || table.Execute(batch, inBackground) == 0) return;
        var last = -1; // the first of an operation's changes that is refused decides
        foreach (var failure in batch.Failures)
        {
            var (index, isDeletion) = sent[failure.Index];
            if (index == last || (isDeletion && failure.Failure == NetlinkFailure.Absent)) continue; // nothing to delete is fine
            last = index;
            failed(operations[index], failure.Errno);
        }
    }

    private void Add(int index, in KernelOperation operation, uint seconds)
    {
        var record = operation.Record;
        switch (operation.Action)
        {
            case KernelAction.Create:
                Create(index, operation, seconds);
                break;
            case KernelAction.Update:
                batch.Update(FlowConversion.ToTuple(record.Original), Change(record, operation.Helped, seconds));
                sent.Add((index, false));
                Expect(index, operation, operation.Former?.Expected);
                break;
            case KernelAction.Replace:
                batch.Delete(FlowConversion.ToTuple(record.Original));
                sent.Add((index, true));
                Create(index, operation, seconds);
                break;
            case KernelAction.Delete:
                batch.Delete(FlowConversion.ToTuple(record.Original));
                sent.Add((index, true));
                break;
        }
    }

    private void Create(int index, in KernelOperation operation, uint seconds)
    {
        batch.Create(FlowConversion.ToEntry(operation.Record, operation.Helped), seconds);
        sent.Add((index, false));
        Expect(index, operation, former: null); // with a connection goes what it expects
    }

    private void Expect(int index, in KernelOperation operation, Expectation? former)
    {
        var expected = operation.Helped?.Expected;
        if (expected == former) return;
        if (former is { } old)
        {
            batch.DeleteExpectation(FlowConversion.ToTuple(old.Flow));
            sent.Add((index, true));
        }

        if (expected is not { } one) return;
        batch.CreateExpectation(FlowConversion.ToExpectation(operation.Record.Original, one));
        sent.Add((index, false));
    }

    /// <summary>An entry of the kernel's own (an old active's) checks windows that lie behind: it must be liberal from now on.</summary>
    private static ConntrackChange Change(in ConnectionRecord record, HelperState? helped, uint seconds)
    {
        var change = new ConntrackChange { TimeoutSeconds = seconds, Mark = record.Mark.Value, MarkMask = FlowMark.Closing };
        if (record.Original.Protocol != TransportProtocol.Tcp) return change;
        var tcp = FlowConversion.ToTcp(record);
        return change with
        {
            Sequences = helped is { IsAdjusted: true } ? (FlowConversion.ToSequence(helped.Original), FlowConversion.ToSequence(helped.Reply)) : null,
            Tcp = tcp with { FlagsOriginal = tcp.FlagsOriginal | TcpFlags.BeLiberal, FlagsReply = tcp.FlagsReply | TcpFlags.BeLiberal },
            TcpFlagsMask = TcpFlags.WindowScale | TcpFlags.SackPerm | TcpFlags.BeLiberal,
        };
    }

    /// <summary>An entry that is created with 0 is gone at once.</summary>
    private static uint Seconds(TimeSpan lifetime) => (uint)Math.Max(1, lifetime.TotalSeconds);

    private static KernelOperation? Mended(KernelOperation operation, Errno errno) => (operation.Action, NetlinkException.Classify(errno)) switch
    {
        (KernelAction.Create, NetlinkFailure.Exists) => operation with { Action = KernelAction.Replace },
        (KernelAction.Update, NetlinkFailure.Absent) => operation with { Action = KernelAction.Create },
        (KernelAction.Update, NetlinkFailure.Retry) => operation with { Action = KernelAction.Replace },
        (KernelAction.Update, NetlinkFailure.Refused) when operation.Helped is not null => operation with { Action = KernelAction.Replace }, // its entry has no helper
        (KernelAction.Create or KernelAction.Replace, NetlinkFailure.Absent) when operation.Helped?.Master is not null =>
            operation with { Action = KernelAction.Create, Helped = operation.Helped with { Master = null } }, // without the master it goes on as well
        _ => null,
    };

    /// <summary>Null: nothing is missing, the entry to delete is gone.</summary>
    private static RetractionReason? Reason(KernelOperation operation, Errno errno) => (operation.Action, NetlinkException.Classify(errno)) switch
    {
        (KernelAction.Delete, NetlinkFailure.Absent) => null,
        (_, NetlinkFailure.Exists) => RetractionReason.TupleTaken,
        (_, NetlinkFailure.NoRoom) => RetractionReason.KernelTableFull,
        (_, NetlinkFailure.Absent) => RetractionReason.Vanished,
        _ => RetractionReason.KernelRefused,
    };
}
