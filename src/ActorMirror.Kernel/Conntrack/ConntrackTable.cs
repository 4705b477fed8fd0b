using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Conntrack;

/// <summary>
/// The conntrack table of one network namespace: dumps and changes. Never flushes; deletes by tuple only. One caller at a time: each owner of
/// entries opens its own, and tells the <see cref="ConntrackListener"/> its <see cref="PortId"/>.
/// </summary>
public sealed class ConntrackTable : IDisposable
{
    // Large enough that 200 messages travel per system call, small enough for the default send buffer (net.core.wmem_default).
    private const int PieceBytes = 64 * 1024;

    // Where the kernel does not preempt itself (PREEMPT_NONE, PREEMPT_VOLUNTARY) nothing else, forwarding included, has the processor until the call returns: the 270
    // new entries of a full piece are some 2 ms, the 34 of this one a quarter of one.
    private const int BackgroundPieceBytes = 8 * 1024;

    // Every message of a piece may be refused, and a queued refusal costs the buffer about 1 KB.
    private const int ReceiveBufferBytes = 1024 * 1024;

    private const int VisitCount = 256;

    private readonly NetlinkSocket _socket;
    private readonly ConntrackEntry[] _visit = new ConntrackEntry[VisitCount];
    private int _visiting;

    private ConntrackTable(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens the table of the calling thread's namespace.</summary>
    /// <exception cref="KernelException">Netlink is not to be had.</exception>
    public static ConntrackTable Open()
    {
        var socket = NetlinkSocket.Open(NetlinkFamily.Netfilter);
        try
        {
            socket.SetReceiveBuffer(ReceiveBufferBytes);
            return new ConntrackTable(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Events that this table's changes cause carry this number.</summary>
    public uint PortId => _socket.PortId;

    /// <summary>Applies a batch; refusals of single changes are in <see cref="ConntrackBatch.Failures"/>, the other changes are made all the same.</summary>
    /// <param name="inBackground">It is much, and nobody waits for it: in small pieces, so that others get at the processor between them.</param>
    /// <returns>How many changes were refused.</returns>
    /// <exception cref="NetlinkException">The answers were lost: what was applied is unknown, dump.</exception>
    public int Execute(ConntrackBatch batch, bool inBackground = false)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Send(_socket, inBackground ? BackgroundPieceBytes : PieceBytes);
        return batch.Failures.Length;
    }

    /// <summary>
    /// Visits the entries with <c>mark &amp; mask == value</c>, chosen by the kernel, in spans of up to 256; a mask of 0 means all.
    /// Not a snapshot: entries that come and go meanwhile may be missed, and one may be seen twice when the kernel resizes its table.
    /// The visitor must not use this table.
    /// </summary>
    public void Dump(uint markValue, uint markMask, Action<ReadOnlySpan<ConntrackEntry>> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);

        // With softirqs off the kernel walks its hash table, which all namespaces share, until it has found something to tell (ctnetlink_dump_table): nothing else
        // runs on that processor meanwhile, half a second at three million entries.
        if (Usage().Entries == 0) return;
        var writer = new NetlinkWriter(stackalloc byte[ConntrackEncoder.MaximumMessageBytes]);
        ConntrackEncoder.Begin(ref writer, ConntrackOperation.Get, NetlinkFlags.Dump, _socket.NextSequence(), AddressFamily.Unspec);
        if (markMask != 0)
        {
            writer.PutBigEndian(ConntrackAttribute.Mark, markValue);
            writer.PutBigEndian(ConntrackAttribute.MarkMask, markMask);
        }

        writer.EndMessage();
        _visiting = 0;
        _socket.Request(writer.Written, "conntrack dump", (this, visitor), Visit);
        if (_visiting > 0) visitor(_visit.AsSpan(0, _visiting));
    }

    private static void Visit(in NetlinkMessage message, (ConntrackTable Table, Action<ReadOnlySpan<ConntrackEntry>> Visitor) state)
    {
        var table = state.Table;
        if (!ConntrackDecoder.TryEntry(in message, out table._visit[table._visiting])) return;
        if (++table._visiting < VisitCount) return;
        state.Visitor(table._visit);
        table._visiting = 0;
    }

    /// <summary>The entry with that original direction, or null.</summary>
    public ConntrackEntry? Get(in ConntrackTuple original)
    {
        var writer = new NetlinkWriter(stackalloc byte[ConntrackEncoder.MaximumMessageBytes]);
        ConntrackEncoder.Begin(ref writer, ConntrackOperation.Get, NetlinkFlags.Ack, _socket.NextSequence(), in original);
        writer.EndMessage();
        _visiting = 0;
        try
        {
            _socket.Request(writer.Written, "conntrack get", this, static (in NetlinkMessage message, ConntrackTable table) =>
            {
                if (ConntrackDecoder.TryEntry(in message, out table._visit[0])) table._visiting = 1;
            });
        }
        catch (NetlinkException absent) when (absent.Failure is NetlinkFailure.Absent)
        {
            return null;
        }

        return _visiting == 1 ? _visit[0] : null;
    }

    /// <summary>What the helper of that entry expects, the last of them if there are several; null: nothing, or it is not there.</summary>
    public ConntrackExpectation? Expectation(in ConntrackTuple master)
    {
        var writer = new NetlinkWriter(stackalloc byte[ConntrackEncoder.MaximumMessageBytes]);

        // Without a helper the kernel begins no dump, and only an acknowledgement tells (ctnetlink_dump_exp_ct).
        ConntrackEncoder.BeginExpectation(
            ref writer, ExpectationOperation.Get, NetlinkFlags.Dump | NetlinkFlags.Ack, _socket.NextSequence(), ExpectationAttribute.Master, in master);
        writer.EndMessage();
        var found = new ConntrackExpectation?[1];
        try
        {
            _socket.Request(writer.Written, "expectation dump", found, static (in NetlinkMessage message, ConntrackExpectation?[] found) =>
            {
                if (ConntrackDecoder.TryExpectation(in message, out var expectation)) found[0] = expectation;
            });
        }
        catch (NetlinkException absent) when (absent.Failure is NetlinkFailure.Absent)
        {
            return null;
        }

        return found[0];
    }

    /// <summary>How many entries the namespace holds and how many the kernel allows (all namespaces share that limit's value, not its count).</summary>
    public (uint Entries, uint Maximum) Usage()
    {
        var writer = new NetlinkWriter(stackalloc byte[ConntrackEncoder.MaximumMessageBytes]);
        ConntrackEncoder.Begin(ref writer, ConntrackOperation.GetStats, NetlinkFlags.Ack, _socket.NextSequence(), AddressFamily.Unspec);
        writer.EndMessage();
        var usage = new uint[2];
        _socket.Request(writer.Written, "conntrack statistics", usage, static (in NetlinkMessage message, uint[] usage) =>
        {
            foreach (var attribute in message.Attributes(sizeof(uint)))
            {
                if (attribute.Type == StatisticsAttribute.Entries) usage[0] = attribute.U32BigEndian;
                if (attribute.Type == StatisticsAttribute.MaxEntries) usage[1] = attribute.U32BigEndian;
            }
        });
        return (usage[0], usage[1]);
    }

    public void Dispose() => _socket.Dispose();
}
