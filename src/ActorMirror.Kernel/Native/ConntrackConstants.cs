using System.Runtime.InteropServices;

namespace ActorMirror.Kernel.Native;

/// <summary>The header after every nfnetlink message's own.</summary>
[KernelHeader("linux/netfilter/nfnetlink.h", Type = "struct nfgenmsg")]
[StructLayout(LayoutKind.Sequential)]
internal struct NetfilterHeader
{
    public byte NfgenFamily;
    public byte Version;
    public ushort ResId;
}

/// <summary>Netfilter's subsystems: the high byte of a message type.</summary>
[KernelHeader("linux/netfilter/nfnetlink.h", "NFNL_SUBSYS_")]
internal static class NetfilterSubsystem
{
    public const byte
        Ctnetlink = 1,    // NFNL_SUBSYS_CTNETLINK
        CtnetlinkExp = 2; // NFNL_SUBSYS_CTNETLINK_EXP
}

/// <summary>enum nfnetlink_groups: the multicast groups of conntrack.</summary>
[KernelHeader("linux/netfilter/nfnetlink.h", "NFNLGRP_CONNTRACK_")]
internal static class ConntrackGroup
{
    public const uint
        New = 1,        // NFNLGRP_CONNTRACK_NEW
        Update = 2,     // NFNLGRP_CONNTRACK_UPDATE
        Destroy = 3,    // NFNLGRP_CONNTRACK_DESTROY
        ExpNew = 4,     // NFNLGRP_CONNTRACK_EXP_NEW
        ExpUpdate = 5,  // NFNLGRP_CONNTRACK_EXP_UPDATE
        ExpDestroy = 6; // NFNLGRP_CONNTRACK_EXP_DESTROY
}

/// <summary>enum cntl_msg_types: the low byte of a message type.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "IPCTNL_MSG_CT_")]
internal static class ConntrackOperation
{
    public const byte
        New = 0,            // IPCTNL_MSG_CT_NEW
        Get = 1,            // IPCTNL_MSG_CT_GET
        Delete = 2,         // IPCTNL_MSG_CT_DELETE
        GetCtrzero = 3,     // IPCTNL_MSG_CT_GET_CTRZERO
        GetStatsCpu = 4,    // IPCTNL_MSG_CT_GET_STATS_CPU
        GetStats = 5,       // IPCTNL_MSG_CT_GET_STATS
        GetDying = 6,       // IPCTNL_MSG_CT_GET_DYING
        GetUnconfirmed = 7; // IPCTNL_MSG_CT_GET_UNCONFIRMED
}

/// <summary>enum ctnl_exp_msg_types: the same of expectations.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "IPCTNL_MSG_EXP_")]
internal static class ExpectationOperation
{
    public const byte
        New = 0,         // IPCTNL_MSG_EXP_NEW
        Get = 1,         // IPCTNL_MSG_EXP_GET
        Delete = 2,      // IPCTNL_MSG_EXP_DELETE
        GetStatsCpu = 3; // IPCTNL_MSG_EXP_GET_STATS_CPU
}

/// <summary>enum ctattr_type.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_")]
internal static class ConntrackAttribute
{
    public const ushort
        Unspec = 0,          // CTA_UNSPEC
        TupleOrig = 1,       // CTA_TUPLE_ORIG
        TupleReply = 2,      // CTA_TUPLE_REPLY
        Status = 3,          // CTA_STATUS
        Protoinfo = 4,       // CTA_PROTOINFO
        Help = 5,            // CTA_HELP
        NatSrc = 6,          // CTA_NAT_SRC
        Timeout = 7,         // CTA_TIMEOUT
        Mark = 8,            // CTA_MARK
        CountersOrig = 9,    // CTA_COUNTERS_ORIG
        CountersReply = 10,  // CTA_COUNTERS_REPLY
        Use = 11,            // CTA_USE
        Id = 12,             // CTA_ID
        NatDst = 13,         // CTA_NAT_DST
        TupleMaster = 14,    // CTA_TUPLE_MASTER
        SeqAdjOrig = 15,     // CTA_SEQ_ADJ_ORIG
        SeqAdjReply = 16,    // CTA_SEQ_ADJ_REPLY
        Secmark = 17,        // CTA_SECMARK
        Zone = 18,           // CTA_ZONE
        Secctx = 19,         // CTA_SECCTX
        Timestamp = 20,      // CTA_TIMESTAMP
        MarkMask = 21,       // CTA_MARK_MASK
        Labels = 22,         // CTA_LABELS
        LabelsMask = 23,     // CTA_LABELS_MASK
        Synproxy = 24,       // CTA_SYNPROXY
        Filter = 25,         // CTA_FILTER
        StatusMask = 26;     // CTA_STATUS_MASK
}

/// <summary>enum ctattr_tuple.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_TUPLE_")]
internal static class TupleAttribute
{
    public const ushort
        Unspec = 0, // CTA_TUPLE_UNSPEC
        Ip = 1,     // CTA_TUPLE_IP
        Proto = 2,  // CTA_TUPLE_PROTO
        Zone = 3;   // CTA_TUPLE_ZONE
}

/// <summary>enum ctattr_ip.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_IP_")]
internal static class TupleAddressAttribute
{
    [KernelName("CTA_IP_V4_SRC")]
    public const ushort V4Source = 1;

    [KernelName("CTA_IP_V4_DST")]
    public const ushort V4Destination = 2;

    [KernelName("CTA_IP_V6_SRC")]
    public const ushort V6Source = 3;

    [KernelName("CTA_IP_V6_DST")]
    public const ushort V6Destination = 4;
}

/// <summary>enum ctattr_l4proto.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_PROTO_")]
internal static class TupleProtocolAttribute
{
    public const ushort
        Unspec = 0,     // CTA_PROTO_UNSPEC
        Num = 1,        // CTA_PROTO_NUM
        SrcPort = 2,    // CTA_PROTO_SRC_PORT
        DstPort = 3,    // CTA_PROTO_DST_PORT
        IcmpId = 4,     // CTA_PROTO_ICMP_ID
        IcmpType = 5,   // CTA_PROTO_ICMP_TYPE
        IcmpCode = 6,   // CTA_PROTO_ICMP_CODE
        Icmpv6Id = 7,   // CTA_PROTO_ICMPV6_ID
        Icmpv6Type = 8, // CTA_PROTO_ICMPV6_TYPE
        Icmpv6Code = 9; // CTA_PROTO_ICMPV6_CODE
}

/// <summary>enum ctattr_protoinfo.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_PROTOINFO_")]
internal static class ProtoinfoAttribute
{
    public const ushort
        Unspec = 0, // CTA_PROTOINFO_UNSPEC
        Tcp = 1,    // CTA_PROTOINFO_TCP
        Dccp = 2,   // CTA_PROTOINFO_DCCP
        Sctp = 3;   // CTA_PROTOINFO_SCTP
}

/// <summary>enum ctattr_protoinfo_tcp.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_PROTOINFO_TCP_")]
internal static class ProtoinfoTcpAttribute
{
    public const ushort
        Unspec = 0,         // CTA_PROTOINFO_TCP_UNSPEC
        State = 1,          // CTA_PROTOINFO_TCP_STATE
        WscaleOriginal = 2, // CTA_PROTOINFO_TCP_WSCALE_ORIGINAL
        WscaleReply = 3,    // CTA_PROTOINFO_TCP_WSCALE_REPLY
        FlagsOriginal = 4,  // CTA_PROTOINFO_TCP_FLAGS_ORIGINAL
        FlagsReply = 5;     // CTA_PROTOINFO_TCP_FLAGS_REPLY
}

/// <summary>struct nf_ct_tcp_flags: which flags to change, and to what.</summary>
[KernelHeader("linux/netfilter/nf_conntrack_tcp.h", Type = "struct nf_ct_tcp_flags")]
[StructLayout(LayoutKind.Sequential)]
internal struct TcpFlagsValue
{
    public byte Flags;
    public byte Mask;
}

/// <summary>enum ctattr_nat.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_NAT_")]
internal static class NatAttribute
{
    [KernelName("CTA_NAT_V4_MINIP")]
    public const ushort V4Minimum = 1;

    [KernelName("CTA_NAT_V4_MAXIP")]
    public const ushort V4Maximum = 2;

    public const ushort Proto = 3; // CTA_NAT_PROTO

    [KernelName("CTA_NAT_V6_MINIP")]
    public const ushort V6Minimum = 4;

    [KernelName("CTA_NAT_V6_MAXIP")]
    public const ushort V6Maximum = 5;
}

/// <summary>enum ctattr_protonat.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_PROTONAT_")]
internal static class NatPortAttribute
{
    public const ushort
        Unspec = 0,  // CTA_PROTONAT_UNSPEC
        PortMin = 1, // CTA_PROTONAT_PORT_MIN
        PortMax = 2; // CTA_PROTONAT_PORT_MAX
}

/// <summary>enum ctattr_help.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_HELP_")]
internal static class HelpAttribute
{
    public const ushort
        Unspec = 0, // CTA_HELP_UNSPEC
        Name = 1,   // CTA_HELP_NAME
        Info = 2;   // CTA_HELP_INFO
}

/// <summary>enum ctattr_seqadj.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_SEQADJ_")]
internal static class SequenceAttribute
{
    public const ushort
        Unspec = 0,        // CTA_SEQADJ_UNSPEC
        CorrectionPos = 1, // CTA_SEQADJ_CORRECTION_POS
        OffsetBefore = 2,  // CTA_SEQADJ_OFFSET_BEFORE
        OffsetAfter = 3;   // CTA_SEQADJ_OFFSET_AFTER
}

/// <summary>enum ctattr_expect.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_EXPECT_")]
internal static class ExpectationAttribute
{
    public const ushort
        Unspec = 0,   // CTA_EXPECT_UNSPEC
        Master = 1,   // CTA_EXPECT_MASTER
        Tuple = 2,    // CTA_EXPECT_TUPLE
        Mask = 3,     // CTA_EXPECT_MASK
        Timeout = 4,  // CTA_EXPECT_TIMEOUT
        Id = 5,       // CTA_EXPECT_ID
        HelpName = 6, // CTA_EXPECT_HELP_NAME
        Zone = 7,     // CTA_EXPECT_ZONE
        Flags = 8,    // CTA_EXPECT_FLAGS
        Class = 9,    // CTA_EXPECT_CLASS
        Nat = 10,     // CTA_EXPECT_NAT
        Fn = 11;      // CTA_EXPECT_FN
}

/// <summary>enum ctattr_expect_nat.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_EXPECT_NAT_")]
internal static class ExpectationNatAttribute
{
    public const ushort
        Unspec = 0, // CTA_EXPECT_NAT_UNSPEC
        Dir = 1,    // CTA_EXPECT_NAT_DIR
        Tuple = 2;  // CTA_EXPECT_NAT_TUPLE
}

/// <summary>enum ctattr_stats_global.</summary>
[KernelHeader("linux/netfilter/nfnetlink_conntrack.h", "CTA_STATS_GLOBAL_")]
internal static class StatisticsAttribute
{
    public const ushort
        Unspec = 0,     // CTA_STATS_GLOBAL_UNSPEC
        Entries = 1,    // CTA_STATS_GLOBAL_ENTRIES
        MaxEntries = 2; // CTA_STATS_GLOBAL_MAX_ENTRIES
}
