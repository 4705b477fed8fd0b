using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Tests.Links;

public sealed class NetworkLinksTests
{
    [NamespaceFact]
    public void Links_are_listed_with_state_carrier_and_address_and_switched()
    {
        using var thread = NamespaceThread.Enter(null);
        using var links = NetworkLinks.Open(thread);
        TestNetwork.Run("ip link add ext address 02:00:00:00:00:01 type veth peer name wire");
        links.List().Select(link => link.Name).ShouldBe(["lo", "ext", "wire"], ignoreOrder: true);

        var ext = links.Find("ext");
        ext.ShouldSatisfyAllConditions(
            () => ext.HardwareAddress.ToString().ShouldBe("020000000001"),
            () => ext.IsUp.ShouldBeFalse(),
            () => ext.HasCarrier.ShouldBeFalse());
        links.SetUp("ext");
        links.Find("ext").ShouldBe(ext with { IsUp = true, HasCarrier = false });
        links.SetUp("wire");
        links.Find("ext").ShouldBe(ext with { IsUp = true, HasCarrier = true });
        links.SetDown("ext");
        links.Find("ext").ShouldBe(ext);

        Should.Throw<NetlinkException>(() => links.SetUp("gone")).Failure.ShouldBe(NetlinkFailure.Absent);
        Should.Throw<NetlinkException>(() => links.Find("gone")).Message.ShouldContain("'gone'");
    }

    [NamespaceFact]
    public void A_lot_of_links_are_all_listed()
    {
        using var thread = NamespaceThread.Enter(null);
        using var links = NetworkLinks.Open(thread);
        TestNetwork.Run("for i in $(seq 100); do echo link add many$i type bridge; done | ip -batch -");
        links.List().Count(link => link.Name.StartsWith("many", StringComparison.Ordinal)).ShouldBe(100);
    }
}
