using System.Net.Sockets;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>What a pool member is told that goes on with a connection nobody knows.</summary>
public sealed class UnknownMemberSegmentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [NamespaceFact]
    public void The_owner_answers_with_a_reset() => IsReset("", 5001);

    [NamespaceFact]
    public void The_owner_answers_with_a_reset_also_to_its_floating_self_IP() => IsReset("", 5002);

    [NamespaceFact]
    public void The_owner_answers_with_a_reset_also_in_the_hosts_namespace() => IsReset("data-plane.namespace = host", 5001);

    [NamespaceFact]
    public void The_owner_answers_with_a_reset_also_to_its_floating_self_IP_in_the_hosts_namespace() => IsReset("data-plane.namespace = host", 5002);

    [NamespaceFact]
    public void Who_is_not_the_owner_says_nothing()
    {
        using var network = new BalancedNetwork();
        using var listening = network.Listen(BalancedNetwork.Third);
        using var client = network.Connect(5001);
        using var member = network.Accept(listening);
        CountFromMembers();
        network.EndLease();
        ForgetConnections();

        member.Send("are you there?"u8);

        UntilSeen(2); // the first was not answered, or there were no second
        member.Poll(0, SelectMode.SelectRead).ShouldBeFalse();
        network.OpenLease();
        Error(member).ShouldBe(SocketError.ConnectionReset);
    }

    /// <summary>Of the other group the segment would be to that group's floating self IP.</summary>
    [NamespaceFact]
    public void A_member_of_two_traffic_groups_is_told_by_the_owner_of_the_one() => IsReset("", 5004);

    [NamespaceFact]
    public void With_drop_nobody_is_told_anything() => IsDropped("data-plane.on-unknown = drop", 5001);

    private static void IsReset(string change, int port)
    {
        using var network = new BalancedNetwork(change: change);
        using var listening = network.Listen(BalancedNetwork.Third, port == 5004 ? 5004 : 5000);
        using var client = network.Connect(port);
        using var member = network.Accept(listening);
        ForgetConnections();

        member.Send("are you there?"u8);

        Error(member).ShouldBe(SocketError.ConnectionReset);
        client.Poll(0, SelectMode.SelectRead).ShouldBeFalse("the reset is the member's alone");
    }

    private static void IsDropped(string change, int port)
    {
        using var network = new BalancedNetwork(change: change);
        using var listening = network.Listen(BalancedNetwork.Third);
        using var client = network.Connect(port);
        using var member = network.Accept(listening);
        CountFromMembers();
        ForgetConnections();

        member.Send("are you there?"u8);

        UntilSeen(2);
        member.Poll(0, SelectMode.SelectRead).ShouldBeFalse();
        client.Poll(0, SelectMode.SelectRead).ShouldBeFalse("nor forwarded");
    }

    private static void ForgetConnections() => TestNetwork.Run("conntrack -D -p tcp -d 10.1.0.100");

    private static void CountFromMembers() => TestNetwork.Nft("""
        table ip watch {
          chain seen {
            type filter hook prerouting priority -400; policy accept;
            iifname "internal" ip saddr 10.2.0.13 tcp flags & psh == psh counter
          }
        }
        """);

    private static void UntilSeen(int segments)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var packets = TestNetwork.Run("nft list table ip watch").Split("packets ")[1].Split(' ')[0];
            if (int.Parse(packets, System.Globalization.CultureInfo.InvariantCulture) >= segments) return;
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static SocketError Error(Socket socket) => Should.Throw<SocketException>(() => socket.Receive(new byte[1])).SocketErrorCode;
}
