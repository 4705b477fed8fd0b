using System.Buffers.Binary;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Conntrack;

/// <summary>
/// The BPF program of a listener: passes events whose mark matches and that no own socket caused. It runs before an event is queued, so that
/// neither foreign traffic nor our own injections fill the receive buffer. Expectations have no mark and pass.
/// </summary>
internal static class ConntrackFilter
{
    private const uint Pass = uint.MaxValue;
    private const uint Drop = 0;
    private const uint SubsystemOffset = 5;    // the high byte of nlmsg_type, which is in the machine's order: x64 and arm64 are little-endian
    private const uint PortIdOffset = 12;      // nlmsg_pid
    private const uint AttributesOffset = 20;  // after struct nlmsghdr and struct nfgenmsg

    public static BpfInstruction[] Build(uint markValue, uint markMask, IReadOnlyCollection<uint> ownPortIds)
    {
        var program = new List<BpfInstruction> { Instruction(BpfCode.LoadWord, PortIdOffset) };
        foreach (var portId in ownPortIds)
        {
            // BPF loads words in network order; the header has its port id in host order.
            program.Add(Instruction(BpfCode.JumpIfEqual, BinaryPrimitives.ReverseEndianness(portId), jumpFalse: 1));
            program.Add(Instruction(BpfCode.Return, Drop));
        }

        if (markMask != 0)
        {
            // An event without CTA_MARK has a mark of 0.
            var whenAbsent = markValue == 0 ? Pass : Drop;
            program.AddRange([
                Instruction(BpfCode.LoadByte, SubsystemOffset),
                Instruction(BpfCode.JumpIfEqual, NetfilterSubsystem.CtnetlinkExp, jumpFalse: 1),
                Instruction(BpfCode.Return, Pass),
                Instruction(BpfCode.LoadConstantX, ConntrackAttribute.Mark),
                Instruction(BpfCode.LoadConstant, AttributesOffset),
                Instruction(BpfCode.LoadWord, BpfCode.FindAttribute),
                Instruction(BpfCode.JumpIfEqual, 0, jumpFalse: 1),
                Instruction(BpfCode.Return, whenAbsent),
                Instruction(BpfCode.CopyToX, 0),
                Instruction(BpfCode.LoadWordAtX, sizeof(uint)), // behind struct nlattr
                Instruction(BpfCode.And, markMask),
                Instruction(BpfCode.JumpIfEqual, markValue, jumpTrue: 1),
                Instruction(BpfCode.Return, Drop),
            ]);
        }

        program.Add(Instruction(BpfCode.Return, Pass));
        return [.. program];
    }

    private static BpfInstruction Instruction(ushort code, uint value, byte jumpTrue = 0, byte jumpFalse = 0) =>
        new() { Code = code, Jt = jumpTrue, Jf = jumpFalse, K = value };
}
