using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;

namespace ActorMirror.Domain.Persistence;

/// <summary>What makes two connections the same client's.</summary>
public enum PersistenceMode : byte
{
    /// <summary>They come from the same address, or the same network.</summary>
    SourceAddress,

    /// <summary>They go to the same address, or the same network.</summary>
    DestinationAddress,

    /// <summary>The same fields of their first packets have the same hash. Nothing is remembered: whoever computes it, now or after a failover, finds the same member.</summary>
    Hash,
}

/// <summary>What of a first packet is hashed.</summary>
[Flags]
public enum HashFields
{
    None = 0,
    SourceAddress = 1,
    SourcePort = 2,
    DestinationAddress = 4,
    DestinationPort = 8,
}

/// <summary>How a virtual server sends a client that returns to the member it had.</summary>
/// <param name="Timeout">A record is forgotten so long after its last connection ended.</param>
/// <param name="IsMirrored">Whether records are mirrored to the next-active device and survive a failover.</param>
/// <param name="LengthV4">So many leading bits of an IPv4 address count, 1 to 32.</param>
/// <param name="LengthV6">So many of an IPv6 address, 1 to 128.</param>
/// <param name="AcrossServices">Virtual servers of one address share records whatever their port: a member counts by its address alone.</param>
/// <param name="AcrossVirtuals">Virtual servers of one port share records whatever their address; with <paramref name="AcrossServices"/> all do.</param>
public sealed record PersistenceProfile(
    string Name, PersistenceMode Mode, TimeSpan Timeout, bool IsMirrored, int LengthV4, int LengthV6, bool AcrossServices, bool AcrossVirtuals)
{
    /// <summary>Of <see cref="PersistenceMode.Hash"/>: at least one.</summary>
    public HashFields Fields { get; init; } = HashFields.SourceAddress;

    /// <summary>Of <see cref="PersistenceMode.Hash"/>: a member that goes or comes moves only its share of clients; otherwise most of them.</summary>
    public bool IsCarp { get; init; }

    /// <summary>Whether clients are remembered.</summary>
    public bool HasRecords => Mode != PersistenceMode.Hash;

    /// <summary>Of an address, what counts.</summary>
    public Address Mask(Address address) => new Prefix(address, LengthOf(address)).First;

    public int LengthOf(Address address) => address.IsV4 ? LengthV4 : LengthV6;

    /// <summary>What a client is known by, of a connection as the client opened it.</summary>
    public Address KeyOf(in FlowKey original) => Mask(Mode == PersistenceMode.SourceAddress ? original.Source.Address : original.Destination.Address);
}
