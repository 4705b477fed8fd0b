using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Netlink;

/// <summary>The netlink families in use (linux/netlink.h).</summary>
[KernelHeader("linux/netlink.h", "NETLINK_")]
public enum NetlinkFamily
{
    Route = 0,      // NETLINK_ROUTE
    Netfilter = 12, // NETLINK_NETFILTER
}

/// <summary>Flags of a message header. The bits from 0x100 on mean one thing in a GET and another in a NEW request.</summary>
[Flags]
[KernelHeader("linux/netlink.h", "NLM_F_")]
public enum NetlinkFlags : ushort
{
    [KernelName("0")]
    None = 0,
    Request = 0x01,      // NLM_F_REQUEST
    Multi = 0x02,        // NLM_F_MULTI
    Ack = 0x04,          // NLM_F_ACK
    Echo = 0x08,         // NLM_F_ECHO
    DumpIntr = 0x10,     // NLM_F_DUMP_INTR: the dump is not consistent
    DumpFiltered = 0x20, // NLM_F_DUMP_FILTERED
    Root = 0x100,        // NLM_F_ROOT, GET
    Match = 0x200,       // NLM_F_MATCH, GET
    Atomic = 0x400,      // NLM_F_ATOMIC, GET
    Dump = Root | Match, // NLM_F_DUMP, GET
    Replace = 0x100,     // NLM_F_REPLACE, NEW
    Excl = 0x200,        // NLM_F_EXCL, NEW
    Create = 0x400,      // NLM_F_CREATE, NEW
    Append = 0x800,      // NLM_F_APPEND, NEW
    Capped = 0x100,      // NLM_F_CAPPED, ACK: the request is not echoed
    AckTlvs = 0x200,     // NLM_F_ACK_TLVS, ACK: attributes follow
}
