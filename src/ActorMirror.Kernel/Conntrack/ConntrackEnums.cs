using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Conntrack;

/// <summary>enum ip_conntrack_status (linux/netfilter/nf_conntrack_common.h).</summary>
[Flags]
[KernelHeader("linux/netfilter/nf_conntrack_common.h", "IPS_")]
public enum ConntrackStatus : uint
{
    [KernelName("0")]
    None = 0,
    Expected = 1 << 0,      // IPS_EXPECTED
    SeenReply = 1 << 1,     // IPS_SEEN_REPLY: packets went both ways
    Assured = 1 << 2,       // IPS_ASSURED: never dropped early
    Confirmed = 1 << 3,     // IPS_CONFIRMED: in the table
    SrcNat = 1 << 4,        // IPS_SRC_NAT
    DstNat = 1 << 5,        // IPS_DST_NAT
    SeqAdjust = 1 << 6,     // IPS_SEQ_ADJUST
    SrcNatDone = 1 << 7,    // IPS_SRC_NAT_DONE
    DstNatDone = 1 << 8,    // IPS_DST_NAT_DONE
    Dying = 1 << 9,         // IPS_DYING
    FixedTimeout = 1 << 10, // IPS_FIXED_TIMEOUT
    Template = 1 << 11,     // IPS_TEMPLATE
    Untracked = 1 << 12,    // IPS_UNTRACKED
    Helper = 1 << 13,       // IPS_HELPER
    Offload = 1 << 14,      // IPS_OFFLOAD
    HwOffload = 1 << 15,    // IPS_HW_OFFLOAD
}

/// <summary>enum tcp_conntrack (linux/netfilter/nf_conntrack_tcp.h).</summary>
[KernelHeader("linux/netfilter/nf_conntrack_tcp.h", "TCP_CONNTRACK_")]
public enum TcpState : byte
{
    None,        // TCP_CONNTRACK_NONE
    SynSent,     // TCP_CONNTRACK_SYN_SENT
    SynRecv,     // TCP_CONNTRACK_SYN_RECV
    Established, // TCP_CONNTRACK_ESTABLISHED
    FinWait,     // TCP_CONNTRACK_FIN_WAIT
    CloseWait,   // TCP_CONNTRACK_CLOSE_WAIT
    LastAck,     // TCP_CONNTRACK_LAST_ACK
    TimeWait,    // TCP_CONNTRACK_TIME_WAIT
    Close,       // TCP_CONNTRACK_CLOSE
    Listen,      // TCP_CONNTRACK_LISTEN: obsolete, now
    [KernelName("TCP_CONNTRACK_SYN_SENT2")]
    SynSent2 = Listen,
    Max,         // TCP_CONNTRACK_MAX: states end here
    Ignore,      // TCP_CONNTRACK_IGNORE
    Retrans,     // TCP_CONNTRACK_RETRANS
    Unack,       // TCP_CONNTRACK_UNACK
    TimeoutMax,  // TCP_CONNTRACK_TIMEOUT_MAX
}

/// <summary>IP_CT_TCP_FLAG_* of one direction (linux/netfilter/nf_conntrack_tcp.h).</summary>
[Flags]
[KernelHeader("linux/netfilter/nf_conntrack_tcp.h", "IP_CT_TCP_FLAG_")]
public enum TcpFlags : byte
{
    [KernelName("0")]
    None = 0,
    WindowScale = 0x01,        // IP_CT_TCP_FLAG_WINDOW_SCALE: offered by this side
    SackPerm = 0x02,           // IP_CT_TCP_FLAG_SACK_PERM: offered by this side
    CloseInit = 0x04,          // IP_CT_TCP_FLAG_CLOSE_INIT: sent the first FIN
    BeLiberal = 0x08,          // IP_CT_TCP_FLAG_BE_LIBERAL: windows are not checked
    DataUnacknowledged = 0x10, // IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED
    MaxackSet = 0x20,          // IP_CT_TCP_FLAG_MAXACK_SET
    [KernelName("IP_CT_EXP_CHALLENGE_ACK")]
    ChallengeAck = 0x40,       // IP_CT_EXP_CHALLENGE_ACK
    [KernelName("IP_CT_TCP_SIMULTANEOUS_OPEN")]
    SimultaneousOpen = 0x80,   // IP_CT_TCP_SIMULTANEOUS_OPEN
}
