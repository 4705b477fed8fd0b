using System.Runtime.InteropServices;

namespace ActorMirror.Kernel.Native;

/// <summary>Neighbour discovery (RFC 4861): a message's type, an advertisement's flags (the byte that holds them comes first), an option's type.</summary>
[KernelHeader("netinet/icmp6.h")]
internal static class NeighborDiscovery
{
    [KernelName("ND_NEIGHBOR_ADVERT")]
    public const byte Advertisement = 136;

    [KernelName("ND_NA_FLAG_ROUTER")]
    public const byte Router = 0x80;

    [KernelName("ND_NA_FLAG_OVERRIDE")]
    public const byte Override = 0x20;

    [KernelName("ND_OPT_TARGET_LINKADDR")]
    public const byte TargetLinkAddress = 2;
}

[KernelHeader("netinet/in.h", "IPPROTO_")]
internal static class InternetProtocol
{
    public const int Raw = 255;
}

/// <summary>The address of an IPv6 socket (ipv6(7)).</summary>
[KernelHeader("netinet/in.h", "sin6_", Type = "struct sockaddr_in6")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InternetAddress6
{
    public ushort Family;
    public ushort Port;
    public uint Flowinfo;
    public fixed byte Addr[16];
    public uint ScopeId;
}
