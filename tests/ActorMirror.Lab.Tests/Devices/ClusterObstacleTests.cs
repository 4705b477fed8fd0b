using System.Collections.Immutable;
using ActorMirror.Lab.Devices;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Tests.Devices;

public sealed class ClusterObstacleTests
{
    private static readonly string[] Three = ["a", "b", "c"];
    private static readonly Moment Once = new(0, DateTimeOffset.UnixEpoch);

    [Fact]
    public void Nothing_is_in_the_way_of_a_healthy_cluster()
    {
        ClusterObstacle.ToReady(Three, Healthy()).ShouldBeNull();
        ClusterObstacle.ToProtected(Three, Healthy()).ShouldBeNull();
    }

    [Fact]
    public void Each_obstacle_is_told()
    {
        Obstacle(s => s.Remove("c")).ShouldBe("c does not answer");
        Obstacle(s => s["b"] = s["b"] with { Quorate = false }).ShouldBe("b has no quorum");
        Obstacle(s => s["b"] = s["b"] with { Membership = Membership.Joining }).ShouldBe("b is Joining");
        Obstacle(s => s["a"] = s["a"] with { Members = ["a", "b"] }).ShouldBe("a sees a, b");
        Obstacle(s => Change(s, "a", g => g with { Role = Role.Promoting })).ShouldBe("tg1 is active on 0 devices");
        Obstacle(s => Change(s, "b", g => g with { Role = Role.Active })).ShouldBe("tg1 is active on 2 devices");
        Obstacle(s => Change(s, "a", g => g with { NextActive = null })).ShouldBe("tg1 on a has no next-active");
        Obstacle(s => Change(s, "b", g => g with { Role = Role.Cold })).ShouldBe("b is not yet the mirror of tg1");
        Obstacle(s => Change(s, "a", g => g with { Mirror = null })).ShouldBe("tg1 on a has no mirror channel");
        Obstacle(s => Change(s, "a", g => g with { Mirror = g.Mirror! with { State = MirrorChannelState.Resync } }))!.ShouldContain("Resync");
        Obstacle(s => Change(s, "a", g => g with { Mirror = g.Mirror! with { Complete = false } })).ShouldBe("the mirror of tg1 is not complete");
    }

    [Fact]
    public void Unprotected_connections_are_an_obstacle_those_that_need_no_mirror_are_not()
    {
        var statuses = Healthy();
        Change(statuses, "a", g => g with { Counts = new ConnectionCounts(Owned: 200, Protected: 148, Unmirrored: 50, MirroredHere: 0, ByChoice: 2) });
        ClusterObstacle.ToProtected(Three, statuses).ShouldBeNull();

        Change(statuses, "a", g => g with { Counts = new ConnectionCounts(Owned: 200, Protected: 145, Unmirrored: 50, MirroredHere: 0, ByChoice: 2) });
        ClusterObstacle.ToProtected(Three, statuses).ShouldBe("tg1: 3 of 200 connections are not protected");
    }

    private static string? Obstacle(Action<Dictionary<string, StatusReport>> change)
    {
        var statuses = Healthy();
        change(statuses);
        return ClusterObstacle.ToReady(Three, statuses);
    }

    private static void Change(Dictionary<string, StatusReport> statuses, string device, Func<TrafficGroupReport, TrafficGroupReport> change) =>
        statuses[device] = statuses[device] with { TrafficGroups = [change(statuses[device].TrafficGroups[0])] };

    private static Dictionary<string, StatusReport> Healthy() => new()
    {
        ["a"] = Status("a", 1, Role.Active, Channel()),
        ["b"] = Status("b", 2, Role.Mirror, null),
        ["c"] = Status("c", 3, Role.Cold, null),
    };

    private static StatusReport Status(string name, int id, Role role, MirrorReport? mirror) => new()
    {
        Device = name,
        DeviceId = id,
        Group = "dg1",
        Engine = "corosync",
        Ring = "1.4",
        Quorate = true,
        Membership = Membership.Synced,
        Members = [.. Three],
        UnsafePair = false,
        Now = Once,
        StartedAt = Once,
        ClusterLinks = [],
        Alarms = [],
        Journal = "ok",
        TrafficGroups =
        [
            new TrafficGroupReport
            {
                Name = "tg1", Number = 1, Role = role, Epoch = "4.1", Active = "a", NextActive = "b", Held = null, Placement = null, Since = Once, Transitions = 1,
                LeaseRemainingMs = null, Port = 1029, Mirror = mirror, Counts = new ConnectionCounts(100, 100, 0, 0, 0), LastPromotion = null,
            },
        ],
    };

    private static MirrorReport Channel() => new()
    {
        TrafficGroup = "tg1",
        Direction = MirrorDirection.Outgoing,
        Peer = "b",
        Channel = 1,
        Port = 1029,
        Path = "primary",
        Security = "tls",
        State = MirrorChannelState.InSync,
        Since = Once,
        Transitions = 1,
        Reason = null,
        LastReason = null,
        LagChanges = 0,
        LagBytes = 0,
        SequenceAppended = 1,
        SequenceSent = 1,
        SequenceAcked = 1,
        OldestUnackedMs = 0,
        Complete = true,
        Desyncs = 0,
        Bytes = 0,
        Resyncs = 0,
        NotHeld = ImmutableSortedDictionary<string, int>.Empty,
        Repaired = new RepairReport(0, 0, 0),
    };
}
