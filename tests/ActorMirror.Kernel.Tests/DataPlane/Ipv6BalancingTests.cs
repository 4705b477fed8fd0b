using System.Net;
using System.Net.Sockets;
using ActorMirror.DataPlane.Monitors;
using ActorMirror.Domain.Addresses;
using ActorMirror.Kernel.Announcements;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>Besides what both families promise: neighbour discovery, which IPv6 has in place of ARP, in the same table as the rest.</summary>
public sealed class Ipv6BalancingTests() : BalancingTests(ipv6: true)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [NamespaceFact]
    public async Task A_virtual_address_answers_pings_and_refuses_what_no_virtual_server_takes()
    {
        (await AnswersAsync("10.1.0.100")).ShouldBeTrue();
        Should.Throw<SocketException>(() => Network.Connect(80)).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [NamespaceFact]
    public async Task Without_a_lease_nobody_finds_a_floating_address_and_the_own_ones_answer_on()
    {
        Network.EndLease();

        TestNetwork.Run(Network.Of("ip -4 neighbour flush dev eth0"), Network.ClientNamespace);
        (await AnswersAsync("10.1.0.1")).ShouldBeTrue();
        Ask("10.1.0.100");
        Until(() => Neighbour("10.1.0.100").Contains("FAILED", StringComparison.Ordinal));

        Network.OpenLease();
        (await AnswersAsync("10.1.0.100")).ShouldBeTrue();
    }

    [NamespaceFact]
    public void An_announcement_corrects_a_neighbour_and_leaves_only_with_a_lease()
    {
        var address = Address.Parse(Network.Of("10.1.0.100")).Value;
        using var thread = NamespaceThread.Enter(null);
        using var announcer = NeighborAdvertiser.Open(thread, "external");
        TestNetwork.Run(Network.Of("ip -4 neighbour replace 10.1.0.100 lladdr 02:00:00:00:00:99 dev eth0 nud reachable"), Network.ClientNamespace);

        Network.EndLease();
        Should.Throw<KernelException>(() => announcer.Announce(address)).Errno.ShouldBe(Errno.EPERM, "the output hook dropped it");
        Neighbour("10.1.0.100").ShouldContain("02:00:00:00:00:99");

        Network.OpenLease();
        var own = TestNetwork.Run("ip -o link show external").Split("link/ether ")[1].Split(' ')[0];
        // Repeated, as callers do: a link that has just come up drops what is sent in its first moments.
        Until(() =>
        {
            announcer.Announce(address);
            return Neighbour("10.1.0.100").Contains(own, StringComparison.Ordinal);
        });
    }

    private string Neighbour(string address) => TestNetwork.Run(Network.Of($"ip -4 neighbour show {address} dev eth0"), Network.ClientNamespace);

    private void Ask(string address) => TestNetwork.In(Network.ClientNamespace, () =>
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        return socket.SendTo("x"u8, new IPEndPoint(IPAddress.Parse(Network.Of(address)), 9));
    });

    private async Task<bool> AnswersAsync(string address)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await new IcmpProbe(new Sockets(Network.ClientNamespace)).ProbeAsync(new Endpoint(Address.Parse(Network.Of(address)), 0), patience.Token);
    }

    private static void Until(Func<bool> condition) => SpinWait.SpinUntil(condition, Patience).ShouldBeTrue();

    private sealed class Sockets(string name) : ISocketFactory
    {
        public Socket Create(AddressFamily family, SocketType type, ProtocolType protocol) => TestNetwork.In(name, () => new Socket(family, type, protocol));
    }
}
