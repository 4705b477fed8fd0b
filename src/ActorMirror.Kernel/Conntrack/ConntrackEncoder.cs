using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Conntrack;

/// <summary>Values to conntrack messages.</summary>
internal static class ConntrackEncoder
{
    /// <summary>No message is longer: 236 bytes for a translated IPv4 entry, 344 for an IPv6 one, up to 144 more with a helper and a master; an expectation is shorter.</summary>
    public const int MaximumMessageBytes = 512;

    public static void Begin(ref NetlinkWriter writer, byte operation, NetlinkFlags flags, uint sequence, int family)
    {
        writer.BeginMessage((ushort)((NetfilterSubsystem.Ctnetlink << 8) | operation), flags | NetlinkFlags.Request, sequence);
        writer.PutHeader(new NetfilterHeader { NfgenFamily = (byte)family });
    }

    public static void Begin(ref NetlinkWriter writer, byte operation, NetlinkFlags flags, uint sequence, in ConntrackTuple original)
    {
        Begin(ref writer, operation, flags, sequence, original.IsV4 ? AddressFamily.Inet : AddressFamily.Inet6);
        PutTuple(ref writer, ConntrackAttribute.TupleOrig, in original);
    }

    /// <summary>Begins a message about an expectation; the tuple's family is the message's.</summary>
    public static void BeginExpectation(ref NetlinkWriter writer, byte operation, NetlinkFlags flags, uint sequence, ushort type, in ConntrackTuple tuple)
    {
        writer.BeginMessage((ushort)((NetfilterSubsystem.CtnetlinkExp << 8) | operation), flags | NetlinkFlags.Request, sequence);
        writer.PutHeader(new NetfilterHeader { NfgenFamily = (byte)(tuple.IsV4 ? AddressFamily.Inet : AddressFamily.Inet6) });
        PutTuple(ref writer, type, in tuple);
    }

    /// <summary>Of an expectation all but its tuple: from any port of exactly its source, translated as its master.</summary>
    public static void PutExpectation(ref NetlinkWriter writer, in ConntrackExpectation expectation)
    {
        PutTuple(ref writer, ExpectationAttribute.Master, expectation.Master);
        var all = expectation.Tuple.IsV4 ? MappedAddress.FromV4(uint.MaxValue) : UInt128.MaxValue;
        PutTuple(ref writer, ExpectationAttribute.Mask, new ConntrackTuple(expectation.Tuple.Protocol, all, 0, all, ushort.MaxValue));
        var outer = writer.BeginNested(ExpectationAttribute.Nat);
        writer.PutBigEndian(ExpectationNatAttribute.Dir, (uint)expectation.Direction);
        PutTuple(ref writer, ExpectationNatAttribute.Tuple, new ConntrackTuple(expectation.Tuple.Protocol, expectation.Saved, expectation.SavedPort, 0, 0));
        writer.EndNested(outer);
        writer.Put(ExpectationAttribute.Fn, "nat-follow-master");
    }

    /// <summary>Only an entry that is being created can be given a helper (ctnetlink_change_helper).</summary>
    public static void PutFtpHelper(ref NetlinkWriter writer)
    {
        var outer = writer.BeginNested(ConntrackAttribute.Help);
        writer.Put(HelpAttribute.Name, "ftp");
        writer.EndNested(outer);
    }

    public static void PutSequence(ref NetlinkWriter writer, ushort type, in ConntrackSequence sequence)
    {
        var outer = writer.BeginNested(type);
        writer.PutBigEndian(SequenceAttribute.CorrectionPos, sequence.Position);
        writer.PutBigEndian(SequenceAttribute.OffsetBefore, (uint)sequence.Before);
        writer.PutBigEndian(SequenceAttribute.OffsetAfter, (uint)sequence.After);
        writer.EndNested(outer);
    }

    public static void PutTuple(ref NetlinkWriter writer, ushort type, in ConntrackTuple tuple)
    {
        var v4 = tuple.IsV4;
        var outer = writer.BeginNested(type);
        var inner = writer.BeginNested(TupleAttribute.Ip);
        PutAddress(ref writer, v4 ? TupleAddressAttribute.V4Source : TupleAddressAttribute.V6Source, tuple.Source, v4);
        PutAddress(ref writer, v4 ? TupleAddressAttribute.V4Destination : TupleAddressAttribute.V6Destination, tuple.Destination, v4);
        writer.EndNested(inner);
        inner = writer.BeginNested(TupleAttribute.Proto);
        writer.Put(TupleProtocolAttribute.Num, tuple.Protocol);
        writer.PutBigEndian(TupleProtocolAttribute.SrcPort, tuple.SourcePort);
        writer.PutBigEndian(TupleProtocolAttribute.DstPort, tuple.DestinationPort);
        writer.EndNested(inner);
        writer.EndNested(outer);
    }

    /// <summary>
    /// The translations that turn the original direction into the reply shown. A created entry is given the *untranslated* reply and these
    /// attributes: with the translated reply the kernel answers success and then translates nothing (ctnetlink_setup_nat works from the inverse). Both are
    /// said even where one changes nothing: what is left out the kernel chooses itself, and when the reply is taken it silently takes another port
    /// (get_unique_tuple) instead of answering EEXIST.
    /// </summary>
    public static void PutTranslations(ref NetlinkWriter writer, in ConntrackEntry entry)
    {
        var untranslated = entry.Original.Inverse;
        if (entry.Reply == untranslated) return;
        PutTranslation(ref writer, ConntrackAttribute.NatDst, entry.Reply.Source, entry.Reply.SourcePort);
        PutTranslation(ref writer, ConntrackAttribute.NatSrc, entry.Reply.Destination, entry.Reply.DestinationPort);
    }

    /// <summary>State, scales and flags of TCP; a flag of the mask is set or cleared, the others stay.</summary>
    public static void PutTcp(ref NetlinkWriter writer, in ConntrackTcp tcp, TcpFlags mask)
    {
        var outer = writer.BeginNested(ConntrackAttribute.Protoinfo);
        var inner = writer.BeginNested(ProtoinfoAttribute.Tcp);
        if (tcp.State != TcpState.None) writer.Put(ProtoinfoTcpAttribute.State, (byte)tcp.State);
        writer.Put(ProtoinfoTcpAttribute.WscaleOriginal, tcp.WindowScaleOriginal);
        writer.Put(ProtoinfoTcpAttribute.WscaleReply, tcp.WindowScaleReply);
        writer.Put(ProtoinfoTcpAttribute.FlagsOriginal, new TcpFlagsValue { Flags = (byte)tcp.FlagsOriginal, Mask = (byte)mask });
        writer.Put(ProtoinfoTcpAttribute.FlagsReply, new TcpFlagsValue { Flags = (byte)tcp.FlagsReply, Mask = (byte)mask });
        writer.EndNested(inner);
        writer.EndNested(outer);
    }

    private static void PutTranslation(ref NetlinkWriter writer, ushort type, UInt128 address, ushort port)
    {
        var v4 = MappedAddress.IsV4(address);
        var outer = writer.BeginNested(type);
        PutAddress(ref writer, v4 ? NatAttribute.V4Minimum : NatAttribute.V6Minimum, address, v4);
        PutAddress(ref writer, v4 ? NatAttribute.V4Maximum : NatAttribute.V6Maximum, address, v4);
        var inner = writer.BeginNested(NatAttribute.Proto);
        writer.PutBigEndian(NatPortAttribute.PortMin, port);
        writer.PutBigEndian(NatPortAttribute.PortMax, port);
        writer.EndNested(inner);
        writer.EndNested(outer);
    }

    private static void PutAddress(ref NetlinkWriter writer, ushort type, UInt128 address, bool v4)
    {
        if (v4) writer.PutBigEndian(type, (uint)address);
        else writer.PutBigEndian(type, address);
    }
}
