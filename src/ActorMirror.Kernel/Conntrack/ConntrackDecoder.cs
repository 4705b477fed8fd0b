using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Conntrack;

/// <summary>Conntrack messages to values. Allocates nothing and believes nothing: what is missing or too short is zero.</summary>
internal static class ConntrackDecoder
{
    private const int FamilyHeaderBytes = 4;

    /// <returns>False for a message that is not about an entry, or one without both tuples.</returns>
    public static bool TryEvent(in NetlinkMessage message, out ConntrackEvent decoded)
    {
        decoded = default;
        if (message.Type >> 8 == NetfilterSubsystem.CtnetlinkExp)
        {
            if (!TryExpectation(in message, out var expectation)) return false;
            decoded = new ConntrackEvent(ConntrackEventKind.Expectation, new ConntrackEntry { Original = expectation.Master });
            return true;
        }

        if (message.Type >> 8 != NetfilterSubsystem.Ctnetlink) return false;
        ConntrackEventKind kind;
        switch (message.Type & 0xff)
        {
            // NEW and UPDATE share a type; only NEW has the flags of a creation (ctnetlink_conntrack_event).
            case ConntrackOperation.New:
                kind = (message.Flags & NetlinkFlags.Create) != NetlinkFlags.None ? ConntrackEventKind.New : ConntrackEventKind.Update;
                break;
            case ConntrackOperation.Delete:
                kind = ConntrackEventKind.Destroy;
                break;
            default:
                return false;
        }

        if (!TryEntry(in message, out var entry)) return false;
        decoded = new ConntrackEvent(kind, entry);
        return true;
    }

    public static bool TryEntry(in NetlinkMessage message, out ConntrackEntry entry)
    {
        ConntrackTuple original = default, reply = default;
        uint status = 0, mark = 0, timeout = 0, id = 0;
        ConntrackTcp tcp = default;
        UInt128 labels = 0;
        var isFtp = false;
        ConntrackSequence sequenceOriginal = default, sequenceReply = default;
        ConntrackTuple master = default;
        foreach (var attribute in message.Attributes(FamilyHeaderBytes))
        {
            switch (attribute.Type)
            {
                case ConntrackAttribute.TupleOrig: original = Tuple(attribute.Nested); break;
                case ConntrackAttribute.TupleReply: reply = Tuple(attribute.Nested); break;
                case ConntrackAttribute.Status: status = attribute.U32BigEndian; break;
                case ConntrackAttribute.Protoinfo: tcp = ProtocolInfo(attribute.Nested); break;
                case ConntrackAttribute.Timeout: timeout = attribute.U32BigEndian; break;
                case ConntrackAttribute.Mark: mark = attribute.U32BigEndian; break;
                case ConntrackAttribute.Labels: labels = attribute.U128; break;
                case ConntrackAttribute.Id: id = attribute.U32BigEndian; break;
                case ConntrackAttribute.Help: isFtp = IsFtp(attribute.Nested); break;
                case ConntrackAttribute.SeqAdjOrig: sequenceOriginal = Sequence(attribute.Nested); break;
                case ConntrackAttribute.SeqAdjReply: sequenceReply = Sequence(attribute.Nested); break;
                case ConntrackAttribute.TupleMaster: master = Tuple(attribute.Nested); break;
            }
        }

        entry = new ConntrackEntry
        {
            Original = original,
            Reply = reply,
            Status = (ConntrackStatus)status,
            Mark = mark,
            TimeoutSeconds = timeout,
            Id = id,
            Labels = labels,
            Tcp = tcp,
            HasFtpHelper = isFtp,
            SequenceOriginal = sequenceOriginal,
            SequenceReply = sequenceReply,
            Master = master,
        };
        return original.Protocol != 0 && reply.Protocol != 0;
    }

    /// <returns>False without a master and a tuple.</returns>
    public static bool TryExpectation(in NetlinkMessage message, out ConntrackExpectation expectation)
    {
        ConntrackTuple master = default, tuple = default, saved = default;
        byte direction = 0;
        foreach (var attribute in message.Attributes(FamilyHeaderBytes))
        {
            switch (attribute.Type)
            {
                case ExpectationAttribute.Master: master = Tuple(attribute.Nested); break;
                case ExpectationAttribute.Tuple: tuple = Tuple(attribute.Nested); break;
                case ExpectationAttribute.Nat:
                    foreach (var part in attribute.Nested)
                    {
                        if (part.Type == ExpectationNatAttribute.Dir) direction = (byte)part.U32BigEndian;
                        if (part.Type == ExpectationNatAttribute.Tuple) saved = Tuple(part.Nested);
                    }

                    break;
            }
        }

        expectation = new ConntrackExpectation(master, tuple, direction, saved.Source, saved.SourcePort);
        return master.Protocol != 0 && tuple.Protocol != 0;
    }

    private static bool IsFtp(NetlinkAttributes attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Type == HelpAttribute.Name) return attribute.Payload.SequenceEqual("ftp\0"u8);
        }

        return false;
    }

    private static ConntrackSequence Sequence(NetlinkAttributes attributes)
    {
        var sequence = default(ConntrackSequence);
        foreach (var attribute in attributes)
        {
            sequence = attribute.Type switch
            {
                SequenceAttribute.CorrectionPos => sequence with { Position = attribute.U32BigEndian },
                SequenceAttribute.OffsetBefore => sequence with { Before = (int)attribute.U32BigEndian },
                SequenceAttribute.OffsetAfter => sequence with { After = (int)attribute.U32BigEndian },
                _ => sequence,
            };
        }

        return sequence;
    }

    private static ConntrackTuple Tuple(NetlinkAttributes attributes)
    {
        UInt128 source = 0, destination = 0;
        byte protocol = 0;
        ushort sourcePort = 0, destinationPort = 0;
        foreach (var part in attributes)
        {
            if (part.Type == TupleAttribute.Ip)
            {
                foreach (var address in part.Nested)
                {
                    switch (address.Type)
                    {
                        case TupleAddressAttribute.V4Source: source = MappedAddress.FromV4(address.U32BigEndian); break;
                        case TupleAddressAttribute.V4Destination: destination = MappedAddress.FromV4(address.U32BigEndian); break;
                        case TupleAddressAttribute.V6Source: source = address.U128BigEndian; break;
                        case TupleAddressAttribute.V6Destination: destination = address.U128BigEndian; break;
                    }
                }
            }
            else if (part.Type == TupleAttribute.Proto)
            {
                foreach (var field in part.Nested)
                {
                    switch (field.Type)
                    {
                        case TupleProtocolAttribute.Num: protocol = field.U8; break;
                        case TupleProtocolAttribute.SrcPort: sourcePort = field.U16BigEndian; break;
                        case TupleProtocolAttribute.DstPort: destinationPort = field.U16BigEndian; break;
                    }
                }
            }
        }

        return new ConntrackTuple(protocol, source, sourcePort, destination, destinationPort);
    }

    private static ConntrackTcp ProtocolInfo(NetlinkAttributes attributes)
    {
        var tcp = default(ConntrackTcp);
        foreach (var protocol in attributes)
        {
            if (protocol.Type != ProtoinfoAttribute.Tcp) continue;
            foreach (var field in protocol.Nested)
            {
                tcp = field.Type switch
                {
                    ProtoinfoTcpAttribute.State => tcp with { State = (TcpState)field.U8 },
                    ProtoinfoTcpAttribute.WscaleOriginal => tcp with { WindowScaleOriginal = field.U8 },
                    ProtoinfoTcpAttribute.WscaleReply => tcp with { WindowScaleReply = field.U8 },
                    ProtoinfoTcpAttribute.FlagsOriginal => tcp with { FlagsOriginal = (TcpFlags)field.Read<TcpFlagsValue>().Flags },
                    ProtoinfoTcpAttribute.FlagsReply => tcp with { FlagsReply = (TcpFlags)field.Read<TcpFlagsValue>().Flags },
                    _ => tcp,
                };
            }
        }

        return tcp;
    }
}
