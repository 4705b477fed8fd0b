namespace ActorMirror.Domain.Connections;

/// <summary>TCP states as the kernel numbers them (linux/netfilter/nf_conntrack_tcp.h, enum tcp_conntrack); UDP flows are <see cref="None"/>.</summary>
public enum ConnectionState : byte
{
    None = 0,
    SynSent = 1,
    SynReceived = 2,
    Established = 3,
    FinWait = 4,
    CloseWait = 5,
    LastAck = 6,
    TimeWait = 7,
    Close = 8,
}

/// <summary>
/// What the mirror must know to carry a connection on: both directions as the kernel's conntrack sees them (original: client to
/// virtual server; reply: member, after translation, back to client or SNAT address), the mark, and the TCP options that were
/// negotiated in the handshake. Windows and sequence numbers are not mirrored: the standby's entry is liberal about them.
/// </summary>
/// <param name="Reply">The reply direction after translation: its source is the pool member, its destination client or SNAT address.</param>
/// <param name="Mark">The conntrack mark, see <see cref="FlowMark"/>.</param>
/// <param name="WindowScaleOriginal">Window scale the client offered, 0 to 14.</param>
/// <param name="WindowScaleReply">Window scale the member offered, 0 to 14.</param>
/// <param name="FlagsOriginal">IP_CT_TCP_FLAG_* of the client side; only WINDOW_SCALE (1) and SACK_PERM (2) travel.</param>
/// <param name="FlagsReply">The same for the member's side.</param>
public readonly record struct ConnectionRecord(
    FlowKey Original,
    FlowKey Reply,
    FlowMark Mark,
    ConnectionState State,
    byte WindowScaleOriginal,
    byte WindowScaleReply,
    byte FlagsOriginal,
    byte FlagsReply)
{
    /// <summary>Neither side has begun to close; an entry that is not open lingers for the kernel's FIN_WAIT or TIME_WAIT.</summary>
    public bool IsOpen => (Mark.Value & FlowMark.Closing) == 0 && State <= ConnectionState.Established;
}
