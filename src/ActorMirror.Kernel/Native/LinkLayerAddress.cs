using System.Runtime.InteropServices;

namespace ActorMirror.Kernel.Native;

/// <summary>The address of a packet socket (packet(7)).</summary>
[KernelHeader("linux/if_packet.h", "sll_", Type = "struct sockaddr_ll")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LinkLayerAddress
{
    public ushort Family;
    public ushort Protocol;
    public int Ifindex;
    public ushort Hatype;
    public byte Pkttype;
    public byte Halen;
    public fixed byte Addr[8];
}
