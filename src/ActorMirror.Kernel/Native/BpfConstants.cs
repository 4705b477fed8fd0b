using System.Runtime.InteropServices;

namespace ActorMirror.Kernel.Native;

/// <summary>One instruction of a classic BPF program.</summary>
[KernelHeader("linux/filter.h", Type = "struct sock_filter")]
[StructLayout(LayoutKind.Sequential)]
internal struct BpfInstruction
{
    public ushort Code;
    public byte Jt;
    public byte Jf;
    public uint K;
}

/// <summary>The value of SO_ATTACH_FILTER.</summary>
[KernelHeader("linux/filter.h", Type = "struct sock_fprog")]
[StructLayout(LayoutKind.Sequential)]
internal struct BpfProgram
{
    public ushort Len;
    public nint Filter;
}

/// <summary>The operations in use; each is the sum of its class, size and mode.</summary>
[KernelHeader("linux/filter.h")]
internal static class BpfCode
{
    [KernelName("(BPF_LD | BPF_W | BPF_ABS)")]
    public const ushort LoadWord = 0x20;

    [KernelName("(BPF_LD | BPF_B | BPF_ABS)")]
    public const ushort LoadByte = 0x30;

    [KernelName("(BPF_LD | BPF_W | BPF_IND)")]
    public const ushort LoadWordAtX = 0x40;

    [KernelName("(BPF_LD | BPF_IMM)")]
    public const ushort LoadConstant = 0x00;

    [KernelName("(BPF_LDX | BPF_IMM)")]
    public const ushort LoadConstantX = 0x01;

    [KernelName("(BPF_MISC | BPF_TAX)")]
    public const ushort CopyToX = 0x07;

    [KernelName("(BPF_ALU | BPF_AND | BPF_K)")]
    public const ushort And = 0x54;

    [KernelName("(BPF_JMP | BPF_JEQ | BPF_K)")]
    public const ushort JumpIfEqual = 0x15;

    [KernelName("(BPF_RET | BPF_K)")]
    public const ushort Return = 0x06;

    /// <summary>A load from here finds the netlink attribute of type X at or after offset A; 0 if there is none.</summary>
    [KernelName("(unsigned)(SKF_AD_OFF + SKF_AD_NLATTR)")]
    public const uint FindAttribute = 0xFFFF_F00C;
}
