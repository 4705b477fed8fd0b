namespace ActorMirror.Lab.Traffic;

/// <summary>One end of a flow: what it has sent, what has arrived, what the other end says has arrived there. No I/O.</summary>
internal sealed class StreamState(uint flow, uint sender)
{
    // A silence is repeated in every message for this long, so that it is told although datagrams get lost.
    private const long SilenceMemory = Monotonic.Second;

    private Receipts _receipts;
    private SilenceMeter _silence;

    public uint Flow => flow;

    public long Sent { get; private set; }

    public ref readonly Receipts Receipts => ref _receipts;

    /// <summary>The other end, known from its first message; 0 until then.</summary>
    public uint Peer { get; private set; }

    /// <summary>How many of our messages have arrived, as the other end says.</summary>
    public long Confirmed { get; private set; }

    /// <summary>One more than the highest of our sequences that has arrived there.</summary>
    public long ConfirmedExpected { get; private set; }

    public void Compose(Span<byte> message, uint interval, long now)
    {
        if (now - _silence.LongestEnd > SilenceMemory) _silence.Restart();
        Message.Write(message, new MessageHeader
        {
            Flow = flow,
            Sender = sender,
            Sequence = Sent++,
            Received = _receipts.Received,
            Expected = _receipts.Expected,
            Interval = interval,
            Silence = Micros(_silence.Longest),
            SilenceAge = Micros(now - _silence.LongestEnd),
        });
    }

    /// <summary>Takes a message in, in any order (UDP).</summary>
    public FlowEnd Accept(in MessageHeader header, long now)
    {
        if (header.Flow != flow) return FlowEnd.Corrupt;
        if (Peer == 0) Peer = header.Sender;
        if (header.Sender != Peer) return FlowEnd.OtherServer;

        _receipts.Note(header.Sequence);
        _silence.Heard(now);
        Confirmed = Math.Max(Confirmed, header.Received);
        ConfirmedExpected = Math.Max(ConfirmedExpected, header.Expected);
        return FlowEnd.None;
    }

    /// <summary>Takes the next message of a stream in (TCP): anything but the next number is an error.</summary>
    public FlowEnd AcceptNext(in MessageHeader header, long now) =>
        header.Sequence == _receipts.Expected && header.Received <= Sent ? Accept(header, now) : FlowEnd.Corrupt;

    private static uint Micros(long nanoseconds) => (uint)Math.Min(nanoseconds / Monotonic.Microsecond, uint.MaxValue);
}
