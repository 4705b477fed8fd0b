using System.Net;

namespace ActorMirror.Lab.Traffic;

/// <summary>
/// A client's own record of one flow: since when, how much, how long it was silent, how it ended; once since the start and once for
/// the current window (the time around one fault).
/// </summary>
internal sealed class FlowRecord(FlowSpec spec, StreamState stream) : IFlowListener
{
    /// <summary>A connection this old at the fault must survive it.</summary>
    public const long EligibleAge = 100 * Monotonic.Millisecond;

    private SilenceMeter _silence;
    private long _listensSince;
    private long _asked;
    private Counters _atWindow;
    private long _checkpoint = -1;
    private long _faultAt;
    private bool _eligible;

    public FlowSpec Spec => spec;

    public StreamState Stream => stream;

    public uint Id => stream.Flow;

    public required Action<FlowRecord, long> WhenEnded { get; init; }

    public IPEndPoint? Local { get; set; }

    /// <summary>When the handshake was done (TCP) or the first answer came (UDP); 0: not yet.</summary>
    public long OpenedAt { get; private set; }

    public long EndedAt { get; private set; }

    public FlowEnd End { get; private set; }

    public bool IsOpen => OpenedAt != 0 && End == FlowEnd.None;

    public bool IsEligible => _eligible;

    /// <summary>Not mirrored, and old enough at the fault to have to be told of it.</summary>
    public bool IsUnmirroredWitness => !spec.Mirrored && _faultAt != 0 && OpenedAt != 0 && OpenedAt <= _faultAt - EligibleAge;

    /// <summary>A message sent after the checkpoint reached the other end, and the answer that says so came back.</summary>
    public bool IsMoving => IsOpen && _checkpoint >= 0 && stream.ConfirmedExpected > _checkpoint;

    /// <summary>
    /// It ended unasked and no fault is to blame: lost all the same, or it never came to be. A short-lived one that is refused tries again.
    /// </summary>
    public bool IsLostBetweenFaults => spec.Mirrored && End is not FlowEnd.None and not FlowEnd.Closed && !_eligible
        && (OpenedAt == 0
            ? spec.Lifetime == 0
            : EndedAt - OpenedAt >= EligibleAge && (_faultAt == 0 || EndedAt < _faultAt));

    private bool HasMoved => stream.Receipts.Received > 0 && stream.Confirmed > 0;

    public void Opened(long now) => OpenedAt = now;

    public void Arrived(in MessageHeader header, long now)
    {
        if (spec.Interval == 0)
        {
            if (_asked != 0) _silence.Note(now - _asked, now);
            _asked = 0;
            return;
        }

        _silence.Heard(now);
        var end = now - header.SilenceAge * Monotonic.Microsecond;
        if (end >= _listensSince) _silence.Note(header.Silence * Monotonic.Microsecond, end);
    }

    public void Ended(FlowEnd reason, long now)
    {
        (End, EndedAt) = (reason, now);
        WhenEnded(this, now);
    }

    /// <summary>An idle flow was made to send.</summary>
    public void Asked(long now)
    {
        if (_asked == 0) _asked = now;
    }

    /// <summary>Begins a window: everything that is told of a fault counts from here.</summary>
    public void BeginWindow(long now)
    {
        Listen(now);
        _atWindow = Count();
        (_checkpoint, _faultAt, _eligible) = (-1, 0, false);
    }

    /// <summary>Silences that ended before this are none of the fault's.</summary>
    public void Listen(long now)
    {
        _listensSince = now;
        _silence.Restart();
    }

    /// <summary>The instant of the fault; may be told a little later.</summary>
    public void Fault(long at)
    {
        _faultAt = at;
        var open = OpenedAt != 0 && OpenedAt <= at - EligibleAge && (End == FlowEnd.None || EndedAt >= at);
        _eligible = spec.Mirrored && open;
        _checkpoint = stream.Sent;
    }

    /// <summary>From here on the flow has to show that it moves.</summary>
    public void Checkpoint() => _checkpoint = stream.Sent;

    public FlowReport Report()
    {
        var moved = Count() - _atWindow;
        return new FlowReport
        {
            Id = Id,
            Flow = spec.Name,
            Group = spec.Group,
            Protocol = spec.Protocol,
            Mirrored = spec.Mirrored,
            Local = Local?.ToString() ?? "",
            Target = spec.Target,
            AgeMs = _faultAt == 0 || OpenedAt == 0 ? 0 : Monotonic.Milliseconds(_faultAt - OpenedAt),
            Eligible = _eligible,
            Survived = _eligible && IsMoving && HasMoved,
            Reason = End == FlowEnd.None && _eligible && !IsMoving ? "silent" : End == FlowEnd.None ? null : End.ToString(),
            EndedAfterMs = End == FlowEnd.None || _faultAt == 0 ? null : Monotonic.Milliseconds(EndedAt - _faultAt),
            GapMs = Monotonic.Milliseconds(Silence()),
            Bytes = (stream.Receipts.Received + stream.Confirmed) * spec.Size,
            BytesLost = spec.Protocol == FlowProtocol.Tcp && _eligible && !IsMoving ? (stream.Sent - stream.Confirmed) * spec.Size : 0,
            Sent = moved.Sent,
            Lost = spec.Protocol == FlowProtocol.Udp ? moved.Lost : 0,
            Reordered = moved.Reordered,
            Duplicated = moved.Duplicated,
        };
    }

    /// <summary>The longest silence of the window; one that still goes on counts up to now.</summary>
    private long Silence()
    {
        var now = Monotonic.Now;
        if (_asked != 0) return Math.Max(_silence.Longest, now - _asked);
        var current = IsOpen && spec.Interval > 0 && _silence.Last != 0 ? now - _silence.Last : 0;
        return Math.Max(_silence.Longest, current);
    }

    private Counters Count() => new(
        stream.Sent + stream.Receipts.Expected,
        stream.Receipts.Missing + stream.ConfirmedExpected - stream.Confirmed,
        stream.Receipts.Reordered,
        stream.Receipts.Duplicated);

    /// <summary>Messages of both directions.</summary>
    private readonly record struct Counters(long Sent, long Lost, long Reordered, long Duplicated)
    {
        public static Counters operator -(Counters left, Counters right) => new(
            left.Sent - right.Sent, left.Lost - right.Lost, left.Reordered - right.Reordered, left.Duplicated - right.Duplicated);
    }
}
