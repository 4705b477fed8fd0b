using ActorMirror.Domain.Addresses;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// The words in which the tables of IPv4 and IPv6 differ; the rest of their text is the same. nftables has a family for both (inet), but
/// no map of it can translate to addresses of both.
/// </summary>
/// <param name="Name">Of the table's family, and of the header that has its addresses.</param>
/// <param name="AddressType">nft's type of an address.</param>
/// <param name="Icmp">nft's word for the protocol of pings.</param>
/// <param name="EchoRequest">Matches a ping.</param>
internal sealed record Family(string Name, string AddressType, string Icmp, string EchoRequest)
{
    public static readonly Family V4 = new("ip", "ipv4_addr", "icmp", "icmp type echo-request");
    public static readonly Family V6 = new("ip6", "ipv6_addr", "ipv6-icmp", "icmpv6 type echo-request");

    public static readonly Family[] Both = [V4, V6];

    public static Family Of(Address address) => address.IsV4 ? V4 : V6;

    public bool Has(Address address) => Of(address) == this;
}
