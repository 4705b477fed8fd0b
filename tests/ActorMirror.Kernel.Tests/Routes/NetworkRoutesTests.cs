using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Netlink;
using ActorMirror.Kernel.Routes;

namespace ActorMirror.Kernel.Tests.Routes;

public sealed class NetworkRoutesTests
{
    [NamespaceFact]
    public void A_route_is_set_replaced_and_removed()
    {
        TestNetwork.Run("ip link add ext type bridge && ip link set ext up && ip address add 10.10.0.1/24 dev ext");
        using var thread = NamespaceThread.Enter(null);
        using var routes = NetworkRoutes.Open(thread);
        var any = MappedAddress.FromV4(0);
        routes.Set(any, 0, MappedAddress.FromV4(0x0a0a00fe));
        TestNetwork.Run("ip route").ShouldContain("default via 10.10.0.254 dev ext");
        routes.Set(any, 0, MappedAddress.FromV4(0x0a0a00fd));
        TestNetwork.Run("ip route").ShouldNotContain("10.10.0.254");
        routes.Set(MappedAddress.FromV4(0x0a140000), 16, null, "ext");
        TestNetwork.Run("ip route").ShouldContain("10.20.0.0/16 dev ext proto static scope link");

        routes.Remove(any, 0).ShouldBeTrue();
        routes.Remove(MappedAddress.FromV4(0x0a140000), 16).ShouldBeTrue();
        routes.Remove(any, 0).ShouldBeFalse();
        TestNetwork.Run("ip route").Trim().ShouldStartWith("10.10.0.0/24 dev ext proto kernel");
        TestNetwork.Run("ip route").Trim().Split('\n').Length.ShouldBe(1);
        Should.Throw<NetlinkException>(() => routes.Set(any, 0, MappedAddress.FromV4(0x0b000001))).Message.ShouldContain("set route 0.0.0.0/0");
        Should.Throw<ArgumentException>(() => routes.Set(any, 0, null));
    }
}
