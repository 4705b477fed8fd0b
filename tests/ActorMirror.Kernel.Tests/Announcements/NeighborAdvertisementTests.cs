using ActorMirror.Kernel.Announcements;

namespace ActorMirror.Kernel.Tests.Announcements;

public sealed class NeighborAdvertisementTests
{
    private static readonly byte[] Hardware = [2, 0, 0, 0, 0, 7];

    [Fact]
    public void An_announcement_has_the_bytes_of_the_rfcs()
    {
        var packet = new byte[NeighborAdvertisement.Length];
        NeighborAdvertisement.Write(packet, Hardware, Samples.Address("2001:db8:10::100"));

        const string address = "20010DB8001000000000000000000100";
        Convert.ToHexString(packet).ShouldBe(
            "60000000" + "0020" + "3A" + "FF" + address + "FF020000000000000000000000000001"
            + "8800" + Convert.ToHexString(packet.AsSpan(42, 2)) + "A0000000" + address + "0201" + "020000000007");
    }

    /// <summary>RFC 8200 §8.1: with the checksum in its place the sum of all is all ones.</summary>
    [Theory]
    [InlineData("2001:db8:10::100")]
    [InlineData("fd00::ffff:ffff:ffff")]
    [InlineData("::1")]
    public void Its_checksum_is_right(string address)
    {
        var packet = new byte[NeighborAdvertisement.Length];
        NeighborAdvertisement.Write(packet, Hardware, Samples.Address(address));

        var sum = 32 + 58;
        for (var i = 8; i < packet.Length; i += 2) sum += (packet[i] << 8) | packet[i + 1];
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        sum.ShouldBe(0xffff);
    }
}
