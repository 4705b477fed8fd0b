using ActorMirror.Domain.Addresses;

namespace ActorMirror.Domain.Connections;

/// <summary>
/// A connection in 32 bytes instead of the record's 176. The addresses of an IPv6 connection do not fit: they are in a pool, and their place there
/// stands where the first address would.
/// </summary>
internal struct PackedRecord
{
    private const byte StateMask = 0x0F;
    private const byte Udp = 0x10;
    private const byte Wide = 0x20;
    private const byte Used = 0x80;

    private uint source;
    private uint destination;
    private uint replySource;
    private uint replyDestination;
    private ushort sourcePort;
    private ushort destinationPort;
    private ushort replySourcePort;
    private ushort replyDestinationPort;
    private uint mark;
    private byte head;
    private byte windowScales;
    private byte flagsOriginal;
    private byte flagsReply;

    public readonly bool IsUsed => head != 0;

    public static PackedRecord Pack(in ConnectionRecord record, WideAddresses pool)
    {
        var (original, reply) = (record.Original, record.Reply);
        var packed = new PackedRecord
        {
            sourcePort = original.Source.Port,
            destinationPort = original.Destination.Port,
            replySourcePort = reply.Source.Port,
            replyDestinationPort = reply.Destination.Port,
            mark = record.Mark.Value,
            head = (byte)(Used | (byte)record.State | (original.Protocol == TransportProtocol.Udp ? Udp : 0)),
            windowScales = (byte)((record.WindowScaleOriginal << 4) | record.WindowScaleReply),
            flagsOriginal = record.FlagsOriginal,
            flagsReply = record.FlagsReply,
        };
        if (IsNarrow(original) && IsNarrow(reply))
        {
            (packed.source, packed.destination) = (original.Source.Address.V4, original.Destination.Address.V4);
            (packed.replySource, packed.replyDestination) = (reply.Source.Address.V4, reply.Destination.Address.V4);
        }
        else
        {
            packed.head |= Wide;
            packed.source = (uint)pool.Add(new(original.Source.Address, original.Destination.Address, reply.Source.Address, reply.Destination.Address));
        }

        return packed;
    }

    public readonly ConnectionRecord Unpack(WideAddresses pool)
    {
        var addresses = Addresses(pool);
        var protocol = Protocol;
        return new(
            new(protocol, new(addresses.Source, sourcePort), new(addresses.Destination, destinationPort)),
            new(protocol, new(addresses.ReplySource, replySourcePort), new(addresses.ReplyDestination, replyDestinationPort)),
            new FlowMark(mark),
            (ConnectionState)(head & StateMask),
            (byte)(windowScales >> 4),
            (byte)(windowScales & 15),
            flagsOriginal,
            flagsReply);
    }

    public readonly FlowKey Key(WideAddresses pool)
    {
        var addresses = Addresses(pool);
        return new(Protocol, new(addresses.Source, sourcePort), new(addresses.Destination, destinationPort));
    }

    public readonly bool Is(in FlowKey key, WideAddresses pool)
    {
        if (key.Source.Port != sourcePort || key.Destination.Port != destinationPort || key.Protocol != Protocol) return false;
        if ((head & Wide) == 0) return IsNarrow(key) && key.Source.Address.V4 == source && key.Destination.Address.V4 == destination;
        var addresses = pool[(int)source];
        return key.Source.Address.Value == addresses.Source.Value && key.Destination.Address.Value == addresses.Destination.Value;
    }

    /// <summary>Gives back what the record holds in the pool.</summary>
    public readonly void Free(WideAddresses pool)
    {
        if ((head & Wide) != 0) pool.Remove((int)source);
    }

    private readonly TransportProtocol Protocol => (head & Udp) != 0 ? TransportProtocol.Udp : TransportProtocol.Tcp;

    private readonly FourAddresses Addresses(WideAddresses pool) => (head & Wide) != 0
        ? pool[(int)source]
        : new(Address.FromV4(source), Address.FromV4(destination), Address.FromV4(replySource), Address.FromV4(replyDestination));

    private static bool IsNarrow(in FlowKey flow) => flow.Source.Address.IsV4 && flow.Destination.Address.IsV4;
}

internal readonly record struct FourAddresses(Address Source, Address Destination, Address ReplySource, Address ReplyDestination);

/// <summary>The addresses of IPv6 connections. Grows by pages; a place that was given back is taken first.</summary>
internal sealed class WideAddresses
{
    private const int PageBits = 10;

    private readonly List<FourAddresses[]> pages = [];
    private readonly Stack<int> free = new();
    private int count;

    public FourAddresses this[int place] => pages[place >> PageBits][place & ((1 << PageBits) - 1)];

    public int Add(in FourAddresses addresses)
    {
        if (!free.TryPop(out var place))
        {
            place = count++;
            if (place >> PageBits == pages.Count) pages.Add(new FourAddresses[1 << PageBits]);
        }

        pages[place >> PageBits][place & ((1 << PageBits) - 1)] = addresses;
        return place;
    }

    public void Remove(int place) => free.Push(place);
}
