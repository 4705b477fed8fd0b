using System.Threading.Channels;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Announcements;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.Announcements;

public sealed class GratuitousArpTests
{
    private static readonly UInt128 Vip = MappedAddress.FromV4(0x0a0a0064);

    [NamespaceFact]
    public void A_neighbour_that_knew_another_station_learns_the_new_one()
    {
        var client = TestNetwork.Add("client");
        TestNetwork.Connect(TestNetwork.Own, "ext", "10.10.0.1/24", client, "eth0", "10.10.0.10/24");
        TestNetwork.Run("ip neigh replace 10.10.0.100 lladdr 02:00:00:00:00:99 dev eth0 nud stale", client);
        using var thread = NamespaceThread.Enter(null);
        using var announcer = GratuitousArp.Open(thread, "ext");
        // Repeated, as callers do: a link that has just come up drops what is sent in its first moments.
        SpinWait.SpinUntil(
            () =>
            {
                announcer.Announce(Vip);
                return TestNetwork.Run("ip neigh show 10.10.0.100", client).Contains(Hardware("ext"), StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    [NamespaceFact]
    public void A_foreign_claim_to_our_address_is_heard_and_our_own_is_not()
    {
        var rival = TestNetwork.Add("rival");
        TestNetwork.Connect(TestNetwork.Own, "ext", "10.10.0.1/24", rival, "eth0", "10.10.0.2/24");
        using var here = NamespaceThread.Enter(null);
        using var there = NamespaceThread.Enter(rival);
        using var ours = GratuitousArp.Open(here, "ext");
        using var theirs = GratuitousArp.Open(there, "eth0");
        var claims = Channel.CreateBounded<ArpClaim>(100);
        using var watcher = ArpWatcher.Start(
            here, "ext", address => address == Vip, claim => claims.Writer.TryWrite(claim), failure => claims.Writer.TryComplete(failure));

        ours.Announce(Vip);
        theirs.Announce(Vip + 1);
        // Repeated, as callers do: a link that has just come up drops what is sent in its first moments.
        ArpClaim heard;
        do theirs.Announce(Vip);
        while (!claims.Reader.TryRead(out heard));
        heard.InterfaceName.ShouldBe("ext");
        heard.Address.ShouldBe(Vip);
        heard.HardwareAddress.ToString().ShouldBe(Hardware("eth0", rival).Replace(":", "").ToUpperInvariant());
    }

    [NamespaceFact]
    public void What_cannot_be_announced_is_said()
    {
        using var thread = NamespaceThread.Enter(null);
        Should.Throw<KernelException>(() => GratuitousArp.Open(thread, "gone")).Message.ShouldContain("'gone'");
        TestNetwork.Run("ip link add ext type bridge");
        using var announcer = GratuitousArp.Open(thread, "ext");
        Should.Throw<KernelException>(() => announcer.Announce(Vip)).Errno.ShouldBe(Errno.ENETDOWN);
        Should.Throw<ArgumentException>(() => announcer.Announce(1)).Message.ShouldContain("::1");
    }

    private static string Hardware(string link, string? name = null) => TestNetwork.Run($"ip -o link show {link}", name).Split("link/ether ")[1].Split(' ')[0];
}
