using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.Cluster;

/// <summary>A group waits for an active that dropped its roles by itself, where nobody else has the connections.</summary>
public sealed class AwaitedActiveTests
{
    /// <summary>A ring that was long in forming costs the devices that had stayed together their lease; a third one that comes back in it is synced first.</summary>
    [Theory]
    [InlineData(2, 1, 1)] // the copy goes, then the active: it is waited for
    [InlineData(1, 2, 2)] // the active goes, the copy is promoted, then goes too: whoever was active last
    public void When_active_and_next_active_drop_their_roles_nobody_without_the_connections_takes_the_group(int first, int second, int owner)
    {
        var cluster = ClusterReplicaTests.Three();
        cluster.ReportUp();
        cluster.Reenter(first);
        cluster.Reenter(second);
        for (var delivered = 0; delivered < 20; delivered++)
        {
            cluster.Deliver(1);
            cluster[3].Roles["tg1"].ShouldNotBeOfType<LocalRole.Active>();
        }

        cluster.Settle();
        cluster[owner].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster.Synced.Count().ShouldBe(3);
        cluster.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("left")]
    [InlineData("suspected")]
    public void Who_is_waited_for_and_does_not_come_is_waited_for_no_longer(string fate)
    {
        var cluster = ClusterReplicaTests.Three();
        cluster.ReportUp();
        cluster.Reenter(2);
        cluster.Reenter(1);
        cluster.Deliver(2);
        cluster[3].State.Groups["tg1"].Active.ShouldBeNull();
        cluster[3].State.IsAwaited(new DeviceId(1)).ShouldBeTrue();
        if (fate == "left") cluster.Stop(1, LeaveReason.ProcessDown);
        else cluster.Send(3, new ClusterCommand.Suspect(new DeviceId(1), cluster[1].Replica.Incarnation, "silent"));
        cluster.Settle();
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Wait.ShouldBe(PromotionWait.None, "its hello said that it holds nothing");
        cluster.Violations.ShouldBeEmpty();
    }
}
