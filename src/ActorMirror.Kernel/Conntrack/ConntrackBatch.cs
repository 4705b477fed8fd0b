using System.Runtime.InteropServices;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Conntrack;

/// <summary>The change of an entry that the kernel refused.</summary>
/// <param name="Index">The change's place in the batch, from 0.</param>
public readonly record struct ConntrackFailure(int Index, Errno Errno)
{
    public NetlinkFailure Failure => NetlinkException.Classify(Errno);
}

/// <summary>What to change of an entry; what is null stays.</summary>
public readonly record struct ConntrackChange
{
    public uint? TimeoutSeconds { get; init; }

    /// <summary>State (None: stays), window scales, and the flags in <see cref="TcpFlagsMask"/>.</summary>
    public ConntrackTcp? Tcp { get; init; }

    /// <summary>Flags outside it stay as they are.</summary>
    public TcpFlags TcpFlagsMask { get; init; }

    public uint Mark { get; init; }

    /// <summary>Bits of the mark to write; 0: the mark stays.</summary>
    public uint MarkMask { get; init; }

    /// <summary>How far a helper moved the sequence numbers; an entry without helper or translation ignores it.</summary>
    public (ConntrackSequence Original, ConntrackSequence Reply)? Sequences { get; init; }
}

/// <summary>
/// Changes of the conntrack table, applied by <see cref="ConntrackTable.Execute"/> in their order. A batch is filled, executed, cleared and
/// filled again: its buffer grows to the largest batch and stays. One owner at a time.
/// </summary>
public sealed class ConntrackBatch
{
    // Mirrored connections were assured at their source, so they are here (nf_conntrack_common.h).
    private const ConntrackStatus MirroredStatus = ConntrackStatus.Confirmed | ConntrackStatus.SeenReply | ConntrackStatus.Assured;

    // Of the flags only what the handshake negotiated travels. BE_LIBERAL is added: the copy never saw the windows, and a busy connection's
    // first segments would be out of them.
    private const TcpFlags NegotiatedFlags = TcpFlags.WindowScale | TcpFlags.SackPerm;

    private readonly List<ConntrackFailure> _failures = [];
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(16 * 1024);
    private int _length;

    /// <summary>How many changes it holds.</summary>
    public int Count { get; private set; }

    /// <summary>What the kernel refused at the last execution, in order.</summary>
    public ReadOnlySpan<ConntrackFailure> Failures => CollectionsMarshal.AsSpan(_failures);

    /// <summary>
    /// Adds an entry as it was shown by a dump or event on another device: its translations are derived from its two directions, TCP windows
    /// are not checked. Fails with EEXIST if a direction is taken, ENOMEM if the table is full, ENOENT if it has a master that is not there, and is gone at
    /// once with a time-out of 0.
    /// The nat chains must be loaded before, or the kernel creates the entry without its translations and says nothing.
    /// </summary>
    /// <param name="timeoutSeconds">Until the entry expires without traffic.</param>
    public void Create(in ConntrackEntry entry, uint timeoutSeconds)
    {
        var writer = new NetlinkWriter(Room());
        ConntrackEncoder.Begin(ref writer, ConntrackOperation.New, NetlinkFlags.Create | NetlinkFlags.Excl, 0, entry.Original);
        ConntrackEncoder.PutTuple(ref writer, ConntrackAttribute.TupleReply, entry.Original.Inverse);
        writer.PutBigEndian(ConntrackAttribute.Status, (uint)MirroredStatus);
        writer.PutBigEndian(ConntrackAttribute.Timeout, timeoutSeconds);
        writer.PutBigEndian(ConntrackAttribute.Mark, entry.Mark);
        if (entry.Original.Protocol == ConntrackTuple.Tcp)
        {
            var tcp = entry.Tcp with
            {
                State = entry.Tcp.State == TcpState.None ? TcpState.Established : entry.Tcp.State,
                FlagsOriginal = (entry.Tcp.FlagsOriginal & NegotiatedFlags) | TcpFlags.BeLiberal,
                FlagsReply = (entry.Tcp.FlagsReply & NegotiatedFlags) | TcpFlags.BeLiberal,
            };
            ConntrackEncoder.PutTcp(ref writer, in tcp, NegotiatedFlags | TcpFlags.BeLiberal);
        }

        ConntrackEncoder.PutTranslations(ref writer, in entry);
        if (entry.HasFtpHelper) ConntrackEncoder.PutFtpHelper(ref writer);
        if (entry.Master.Protocol != 0) ConntrackEncoder.PutTuple(ref writer, ConntrackAttribute.TupleMaster, entry.Master);
        if (entry.SequenceOriginal != default || entry.SequenceReply != default) PutSequences(ref writer, entry.SequenceOriginal, entry.SequenceReply);
        End(ref writer);
    }

    /// <summary>
    /// Adds an expectation; one that is there stays. ENOENT if its master is not there, EOPNOTSUPP if that has no helper. It lives as long as the helper says, and
    /// takes the place of the one the helper expected before.
    /// </summary>
    public void CreateExpectation(in ConntrackExpectation expectation)
    {
        var writer = new NetlinkWriter(Room());
        ConntrackEncoder.BeginExpectation(ref writer, ExpectationOperation.New, NetlinkFlags.Create, 0, ExpectationAttribute.Tuple, expectation.Tuple);
        ConntrackEncoder.PutExpectation(ref writer, in expectation);
        End(ref writer);
    }

    /// <summary>ENOENT if it is not there.</summary>
    public void DeleteExpectation(in ConntrackTuple tuple)
    {
        var writer = new NetlinkWriter(Room());
        ConntrackEncoder.BeginExpectation(ref writer, ExpectationOperation.Delete, NetlinkFlags.None, 0, ExpectationAttribute.Tuple, in tuple);
        End(ref writer);
    }

    /// <summary>Changes an entry; ENOENT if it is not there.</summary>
    public void Update(in ConntrackTuple original, in ConntrackChange change)
    {
        var writer = new NetlinkWriter(Room());
        ConntrackEncoder.Begin(ref writer, ConntrackOperation.New, NetlinkFlags.None, 0, in original);
        if (change.TimeoutSeconds is { } timeout) writer.PutBigEndian(ConntrackAttribute.Timeout, timeout);
        if (change.Tcp is { } tcp) ConntrackEncoder.PutTcp(ref writer, in tcp, change.TcpFlagsMask);
        if (change.MarkMask != 0)
        {
            // The kernel clears the masked bits, then XORs the whole value in (ctnetlink_change_mark): bits outside of the mask would flip.
            writer.PutBigEndian(ConntrackAttribute.Mark, change.Mark & change.MarkMask);
            writer.PutBigEndian(ConntrackAttribute.MarkMask, change.MarkMask);
        }

        if (change.Sequences is { } sequences) PutSequences(ref writer, sequences.Original, sequences.Reply);
        End(ref writer);
    }

    /// <summary>Gives an entry a new time-out; ENOENT if it is not there.</summary>
    public void Refresh(in ConntrackTuple original, uint timeoutSeconds) =>
        Update(in original, new ConntrackChange { TimeoutSeconds = timeoutSeconds });

    /// <summary>Removes the entry with that original direction; ENOENT if it is not there.</summary>
    /// <param name="id">Only if the entry still has this number: a later connection on the same tuple is left alone.</param>
    public void Delete(in ConntrackTuple original, uint? id = null)
    {
        var writer = new NetlinkWriter(Room());
        ConntrackEncoder.Begin(ref writer, ConntrackOperation.Delete, NetlinkFlags.None, 0, in original);
        if (id is { } number) writer.PutBigEndian(ConntrackAttribute.Id, number);
        End(ref writer);
    }

    public void Clear()
    {
        _failures.Clear();
        (_length, Count) = (0, 0);
    }

    /// <summary>
    /// Sends everything through the socket in pieces of at most <paramref name="pieceBytes"/>, with one acknowledgement each, and collects
    /// the refusals.
    /// </summary>
    internal void Send(NetlinkSocket socket, int pieceBytes)
    {
        _failures.Clear();
        if (Count == 0) return;
        var first = socket.NextSequences(Count);
        for (int start = 0, index = 0; start < _length;)
        {
            var (end, last) = (start, start);
            while (end < _length && Header(end).Len + end - start <= pieceBytes)
            {
                last = end;
                Header(last).Seq = first + (uint)index++;
                end += (int)Header(last).Len;
            }

            Header(last).Flags |= (ushort)NetlinkFlags.Ack;
            socket.Batch(_buffer.AsSpan(start..end), Header(last).Seq, "conntrack batch", (this, first), Collect);
            start = end;
        }
    }

    private static void Collect(in NetlinkMessage answer, (ConntrackBatch Batch, uint First) state)
    {
        var index = answer.Sequence - state.First;
        if (answer.Error is Errno.None || index >= state.Batch.Count) return;
        state.Batch._failures.Add(new ConntrackFailure((int)index, answer.Error));
    }

    private static void PutSequences(ref NetlinkWriter writer, in ConntrackSequence original, in ConntrackSequence reply)
    {
        ConntrackEncoder.PutSequence(ref writer, ConntrackAttribute.SeqAdjOrig, in original);
        ConntrackEncoder.PutSequence(ref writer, ConntrackAttribute.SeqAdjReply, in reply);
    }

    private ref NetlinkHeader Header(int offset) => ref MemoryMarshal.AsRef<NetlinkHeader>(_buffer.AsSpan(offset));

    private Span<byte> Room()
    {
        if (_buffer.Length - _length < ConntrackEncoder.MaximumMessageBytes) Array.Resize(ref _buffer, _buffer.Length * 2);
        return _buffer.AsSpan(_length);
    }

    private void End(ref NetlinkWriter writer)
    {
        writer.EndMessage();
        _length += writer.Length;
        Count++;
    }
}
