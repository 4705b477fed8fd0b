using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Addresses;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.DataPlane;

public sealed class ArrivalCounterTests
{
    [NamespaceFact]
    public void Packets_are_counted_by_the_floating_address_they_are_sent_to() => AreCounted(ipv6: false);

    [NamespaceFact]
    public void Packets_of_IPv6_too() => AreCounted(ipv6: true);

    private static void AreCounted(bool ipv6)
    {
        using var network = new BalancedNetwork(ipv6);
        using var thread = NamespaceThread.Enter(null);
        using var counters = new ArrivalCounters(thread);
        counters.Read(network.Services).Keys.Select(address => address.ToString()).ShouldBe(
            ((string[])["10.1.0.100", "10.1.0.101", "10.2.0.253", "10.2.0.254"]).Select(network.Of), ignoreOrder: true);
        using var listening = network.Listen(BalancedNetwork.Third);
        using var client = network.Connect(5001);

        Address.TryParse(network.Of("10.1.0.100"), out var address).ShouldBeTrue();
        Address.TryParse(network.Of("10.1.0.101"), out var other).ShouldBeTrue();
        counters.Read(network.Services)[address].ShouldBeGreaterThan(0);
        counters.Read(network.Services)[other].ShouldBe(0);
    }
}
