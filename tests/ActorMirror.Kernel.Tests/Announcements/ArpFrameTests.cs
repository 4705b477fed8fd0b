using ActorMirror.Kernel.Announcements;

namespace ActorMirror.Kernel.Tests.Announcements;

public sealed class ArpFrameTests
{
    private static readonly byte[] Hardware = [2, 0, 0, 0, 0, 7];

    [Fact]
    public void An_announcement_has_the_bytes_of_the_rfcs()
    {
        var frame = new byte[ArpFrame.Length];
        ArpFrame.WriteAnnouncement(frame, ArpFrame.Request, Hardware, 0x0a0a0064);
        Convert.ToHexString(frame).ShouldBe("FFFFFFFFFFFF" + "020000000007" + "0806" + "0001080006040001" + "020000000007" + "0A0A0064" + "000000000000" + "0A0A0064");
        ArpFrame.WriteAnnouncement(frame, ArpFrame.Reply, Hardware, 0x0a0a0064);
        Convert.ToHexString(frame[20..]).ShouldBe("0002" + "020000000007" + "0A0A0064" + "020000000007" + "0A0A0064");
    }

    [Fact]
    public void Only_a_whole_arp_frame_with_a_sender_is_a_claim()
    {
        var frame = new byte[ArpFrame.Length];
        ArpFrame.WriteAnnouncement(frame, ArpFrame.Reply, Hardware, 0x0a0a0064);
        ArpFrame.TryReadClaim(frame, out var address, out var hardware).ShouldBeTrue();
        address.ShouldBe(0x0a0a0064u);
        hardware.ToArray().ShouldBe(Hardware);
        for (var length = 0; length < frame.Length; length++) ArpFrame.TryReadClaim(frame.AsSpan(0, length), out _, out _).ShouldBeFalse();
        frame[13] = 0;
        ArpFrame.TryReadClaim(frame, out _, out _).ShouldBeFalse();
        ArpFrame.WriteAnnouncement(frame, ArpFrame.Request, Hardware, 0);
        ArpFrame.TryReadClaim(frame, out _, out _).ShouldBeFalse("a probe claims nothing");
    }
}
