using System.Runtime.InteropServices;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Links;

/// <summary>Message types of rtnetlink(7).</summary>
[KernelHeader("linux/rtnetlink.h", "RTM_")]
internal static class RouteMessage
{
    public const ushort Newlink = 16;
    public const ushort Dellink = 17;
    public const ushort Getlink = 18;
    public const ushort Newaddr = 20;
    public const ushort Deladdr = 21;
    public const ushort Getaddr = 22;
    public const ushort Newroute = 24;
    public const ushort Delroute = 25;
    public const ushort Delneigh = 29;
    public const ushort Getneigh = 30;
}

/// <summary>Multicast groups, by number.</summary>
[KernelHeader("linux/rtnetlink.h", "RTNLGRP_")]
internal static class RouteGroup
{
    public const uint Link = 1;

    [KernelName("RTNLGRP_IPV4_IFADDR")]
    public const uint V4Address = 5;

    [KernelName("RTNLGRP_IPV6_IFADDR")]
    public const uint V6Address = 9;
}

[KernelHeader("sys/socket.h linux/rtnetlink.h", "ifi_", Type = "struct ifinfomsg")]
[StructLayout(LayoutKind.Sequential)]
internal struct LinkHeader
{
    public byte Family;

    [KernelName("__ifi_pad")]
    public byte Pad;

    public ushort Type;
    public int Index;
    public uint Flags;
    public uint Change;
}

[KernelHeader("sys/socket.h linux/if_link.h", "IFLA_")]
internal static class LinkAttribute
{
    public const ushort Address = 1;
    public const ushort Ifname = 3;
    public const ushort NetNsFd = 28;
}

[KernelHeader("sys/socket.h linux/if.h", "IFF_")]
internal static class LinkFlags
{
    public const uint Up = 0x1;
    public const uint LowerUp = 0x10000;
}

[KernelHeader("sys/socket.h linux/if_addr.h", "ifa_", Type = "struct ifaddrmsg")]
[StructLayout(LayoutKind.Sequential)]
internal struct AddressHeader
{
    public byte Family;
    public byte Prefixlen;
    public byte Flags;
    public byte Scope;
    public int Index;
}

[KernelHeader("linux/if_addr.h", "IFA_")]
internal static class AddressAttribute
{
    public const ushort Address = 1;
    public const ushort Local = 2;
    public const ushort Cacheinfo = 6;
    public const ushort Flags = 8;
}

[KernelHeader("linux/if_addr.h", "IFA_F_")]
internal static class AddressFlags
{
    public const uint Nodad = 0x02;
    public const uint Permanent = 0x80;
}

/// <summary>Lifetimes of an address in seconds; all ones is for ever.</summary>
[KernelHeader("linux/if_addr.h", Type = "struct ifa_cacheinfo")]
[StructLayout(LayoutKind.Sequential)]
internal struct AddressLifetime
{
    [KernelName("ifa_prefered")]
    public uint Preferred;

    [KernelName("ifa_valid")]
    public uint Valid;

    [KernelName("cstamp")]
    public uint Created;

    [KernelName("tstamp")]
    public uint Updated;
}

[KernelHeader("linux/rtnetlink.h", "rtm_", Type = "struct rtmsg")]
[StructLayout(LayoutKind.Sequential)]
internal struct RouteHeader
{
    public byte Family;

    [KernelName("rtm_dst_len")]
    public byte DestinationLength;

    [KernelName("rtm_src_len")]
    public byte SourceLength;

    public byte Tos;
    public byte Table;
    public byte Protocol;
    public byte Scope;
    public byte Type;
    public uint Flags;
}

[KernelHeader("linux/rtnetlink.h", "RTA_")]
internal static class RouteAttribute
{
    public const ushort Dst = 1;
    public const ushort Oif = 4;
    public const ushort Gateway = 5;
}

[KernelHeader("linux/rtnetlink.h", "RT")]
internal static class RouteValue
{
    [KernelName("RT_TABLE_MAIN")]
    public const byte MainTable = 254;

    [KernelName("RTPROT_STATIC")]
    public const byte StaticProtocol = 4;

    [KernelName("RT_SCOPE_UNIVERSE")]
    public const byte ScopeUniverse = 0;

    [KernelName("RT_SCOPE_LINK")]
    public const byte ScopeLink = 253;

    [KernelName("RT_SCOPE_NOWHERE")]
    public const byte ScopeNowhere = 255;

    [KernelName("RTN_UNICAST")]
    public const byte Unicast = 1;
}

[KernelHeader("linux/neighbour.h", "ndm_", Type = "struct ndmsg")]
[StructLayout(LayoutKind.Sequential)]
internal struct NeighborHeader
{
    public byte Family;

    [KernelName("ndm_pad1")]
    public byte Pad1;

    [KernelName("ndm_pad2")]
    public ushort Pad2;

    [KernelName("ndm_ifindex")]
    public int Index;

    public ushort State;
    public byte Flags;
    public byte Type;
}

[KernelHeader("linux/neighbour.h", "NDA_")]
internal static class NeighborAttribute
{
    public const ushort Dst = 1;
}

[KernelHeader("linux/neighbour.h", "NUD_")]
internal static class NeighborState
{
    public const ushort Incomplete = 0x01;
}
