using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Trust;

namespace ActorMirror.Tests.Cluster;

/// <summary>A revocation goes through the total order, stays in the state, and is known to whoever joins.</summary>
public sealed class RevocationTests
{
    private static readonly GroupDeclaration s_tg1 = new("tg1", [new DeviceId(1), new DeviceId(2), new DeviceId(3)], [], 3);

    [Fact]
    public void Every_device_learns_it_at_its_place_in_the_order_and_so_does_one_that_joins_later()
    {
        var cluster = new ReplicaCluster(3, s_tg1);
        cluster.Start(1, 2);
        cluster.Settle();
        cluster.Send(2, new ClusterCommand.Revoke("4f01", 77));
        cluster.Settle();
        cluster.Nodes.ShouldAllBe(n => n.State.Revoked.SequenceEqual(new[] { "4f01" }));
        cluster[1].Told.ShouldContain(new ClusterNotice.Revoked(new DeviceId(2), 77, "4f01", null));

        cluster.Start(3);
        cluster.Settle();
        cluster[3].State.Revoked.ShouldBe(["4f01"]);
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_device_remembers_is_brought_back_when_all_had_forgotten_it()
    {
        var cluster = new ReplicaCluster(3, s_tg1) { Revoked = ["4f01"] };
        cluster.Start(1);
        cluster.Revoked = ["4f02", "no serial number"];
        cluster.Start(2);
        cluster.Settle();
        cluster.Nodes.ShouldAllBe(n => n.State.Revoked.SequenceEqual(new[] { "4f01", "4f02" }));
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_no_serial_number_or_one_too_many_is_refused_with_a_reason()
    {
        var cluster = new ReplicaCluster(1, s_tg1) { Revoked = [.. Enumerable.Range(0, Revocation.Most).Select(i => $"{i:x}")] };
        cluster.Start(1);
        cluster.Settle();
        cluster.Send(1, new ClusterCommand.Revoke("ffff", 1));
        cluster.Send(1, new ClusterCommand.Revoke("zz", 2));
        cluster.Send(1, new ClusterCommand.Revoke("ff", 3));
        cluster.Settle();
        cluster[1].State.Revoked.Count.ShouldBe(Revocation.Most);
        var told = cluster[1].Told.OfType<ClusterNotice.Revoked>().ToList();
        told[0].Refusal.ShouldNotBeNull().ShouldContain("256 certificates are revoked already");
        told[1].Refusal.ShouldNotBeNull().ShouldContain("no serial number");
        told[2].Refusal.ShouldBeNull("it was revoked before");
    }
}
