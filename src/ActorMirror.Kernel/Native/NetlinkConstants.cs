using System.Runtime.InteropServices;

namespace ActorMirror.Kernel.Native;

[KernelHeader("linux/netlink.h", "nl_", Type = "struct sockaddr_nl")]
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAddress
{
    public ushort Family;
    public ushort Pad;
    public uint Pid;
    public uint Groups;
}

[KernelHeader("linux/netlink.h", "nlmsg_", Type = "struct nlmsghdr")]
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkHeader
{
    public uint Len;
    public ushort Type;
    public ushort Flags;
    public uint Seq;
    public uint Pid;
}

[KernelHeader("linux/netlink.h", "nla_", Type = "struct nlattr")]
[StructLayout(LayoutKind.Sequential)]
internal struct AttributeHeader
{
    public ushort Len;
    public ushort Type;
}

/// <summary>The body of NLMSG_ERROR: a negative errno, then the header of the message it answers.</summary>
[KernelHeader("linux/netlink.h", Type = "struct nlmsgerr")]
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkErrorBody
{
    public int Error;
    public NetlinkHeader Msg;
}

[KernelHeader("linux/netlink.h", "NLMSG_")]
internal static class NetlinkControl
{
    public const ushort Noop = 1;
    public const ushort Error = 2;
    public const ushort Done = 3;
    public const ushort Overrun = 4;
}

[KernelHeader("linux/netlink.h", "NLMSGERR_ATTR_")]
internal enum NetlinkErrorAttribute : ushort
{
    Unused,   // NLMSGERR_ATTR_UNUSED
    Msg,      // NLMSGERR_ATTR_MSG
    Offs,     // NLMSGERR_ATTR_OFFS
    Cookie,   // NLMSGERR_ATTR_COOKIE
    Policy,   // NLMSGERR_ATTR_POLICY
    MissType, // NLMSGERR_ATTR_MISS_TYPE
    MissNest, // NLMSGERR_ATTR_MISS_NEST
}

[KernelHeader("linux/netlink.h", "NLA_F_")]
internal static class AttributeFlags
{
    public const ushort Nested = 1 << 15;
    public const ushort NetByteorder = 1 << 14;
}

/// <summary>Options of level SOL_NETLINK.</summary>
[KernelHeader("sys/socket.h linux/netlink.h", "NETLINK_")]
internal static class NetlinkOption
{
    [KernelName("SOL_NETLINK")]
    public const int Level = 270;

    public const int AddMembership = 1;
    public const int CapAck = 10;
    public const int ExtAck = 11;
    public const int GetStrictChk = 12;
}
