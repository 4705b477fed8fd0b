using System.Collections.Immutable;
using ActorMirror.Actors.Devices;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Cluster;
using ActorMirror.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Monitor = ActorMirror.Domain.Pools.Monitor;

namespace ActorMirror.Tests.TrafficGroups;

/// <summary>Scores of HA groups: made, damped, told, counted, and what they move.</summary>
public sealed class HaGroupTests
{
    private static readonly DeviceId s_a = new(1);
    private static readonly DeviceId s_b = new(2);
    private static readonly DeviceId s_c = new(3);
    private static readonly TimeSpan s_damping = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("uuuu", "uu", 70)] // 50 + 20
    [InlineData("uuud", "uu", 57)] // 37.5 + 20
    [InlineData("uudd", "uu", 45)] // the threshold is met
    [InlineData("uddd", "uu", 20)] // and missed: the pool counts nothing
    [InlineData("dddd", "dd", 0)]
    [InlineData("dddd", "ud", 10)]
    [InlineData("uuu?", "uu", null)] // not known yet
    public void A_score_is_the_sum_of_weighted_parts(string first, string second, int? expected)
    {
        var group = new HaGroup("g", [new(Pool("one", 4), 50, 2), new(Pool("two", 2), 20, 0)], 10);
        group.Score((pool, member) => (pool == "one" ? first : second)[member.Port - 1] switch
        {
            'u' => MemberState.Up,
            'd' => MemberState.Down,
            _ => MemberState.Unchecked,
        }).ShouldBe(expected);
    }

    [Fact]
    public void A_pool_without_a_monitor_is_up() =>
        new HaGroup("g", [new(Pool("one", 3) with { Monitor = null }, 50, 3)], 10).Score((_, _) => MemberState.Unchecked).ShouldBe(50);

    [Theory]
    // One look every 5 s, damping 10 s.
    [InlineData("50 25 25", "50 25 25")] // a fall at once
    [InlineData("25 50 50 50 50", "25 25 25 50 50")] // a rise when it has stood
    [InlineData("50 25 50 25 50 25 50 50 50", "50 25 25 25 25 25 25 25 50")] // what flaps stays low
    [InlineData("10 50 40 50 60 60 60", "10 10 10 40 40 50 50")] // no more than the lowest of the time
    public void A_score_is_told_damped(string seen, string told)
    {
        var now = TimeSpan.Zero;
        DampedScore? score = null;
        var result = new List<int>();
        foreach (var value in seen.Split(' ').Select(int.Parse))
        {
            score = score?.See(value, now, s_damping) ?? DampedScore.First(value);
            result.Add(score.Value.Told);
            now += TimeSpan.FromSeconds(5);
        }

        string.Join(' ', result).ShouldBe(told);
    }

    [Fact]
    public void What_is_told_is_never_above_what_was_seen_within_the_damping_and_comes_up_to_it() => Prop.ForAll(
        Gen.Choose(0, 3).ArrayOf(30).ToArbitrary(), seen =>
        {
            var score = DampedScore.First(seen[0]);
            for (var i = 1; i < seen.Length; i++)
            {
                score = score.See(seen[i], TimeSpan.FromSeconds(5 * i), s_damping);
                score.Told.ShouldBeLessThanOrEqualTo(Math.Min(seen[i], seen[i - 1]));
                if (i >= 10 && seen[(i - 9)..(i + 1)].Distinct().Count() == 1) score.Told.ShouldBe(seen[i]);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_changes_are_told_and_a_member_that_flaps_is_one()
    {
        var time = new FakeTimeProvider();
        var watch = new ScoreWatch(time, s_damping);
        watch.Tell().ShouldBeNull("nothing is known yet");
        watch.See([new HaScore("g", 50)]);
        watch.Tell()!.Of.ShouldBe([new HaScore("g", 50)]);
        var told = 0;
        for (var second = 0; second < 60; second++)
        {
            watch.See([new HaScore("g", second % 3 == 0 ? 25 : 50)]);
            time.Advance(TimeSpan.FromSeconds(1));
            if (watch.Tell() is { } scores)
            {
                told++;
                scores.Of.ShouldBe([new HaScore("g", 25)]);
            }
        }

        told.ShouldBe(1);
    }

    [Fact]
    public void Scores_count_when_all_have_stood_and_then_move_the_group_in_a_handover()
    {
        var cluster = Three();
        Tell(cluster, 1, 50);
        Tell(cluster, 2, 50);
        Tell(cluster, 3, 50);
        cluster.SettleScores(1);
        Tell(cluster, 1, 30);
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>("b and c may see it soon, too");
        Tell(cluster, 2, 30);
        cluster.SettleScores(3);
        var role = cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.HandingOver>();
        role.Peer.Device.ShouldBe(s_c, "it became next-active as the one with the highest score");
        cluster.Complete();
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster[1].Told.OfType<ClusterNotice.Moved>().Last().Reason.ShouldBe(MoveReason.HaGroup);
        cluster[1].Told.OfType<ClusterNotice.RequestFinished>().ShouldBeEmpty("nobody asked for it");
        cluster.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(40, false)] // the bonus of 10
    [InlineData(41, true)]
    public void The_active_has_a_bonus(int other, bool moves)
    {
        var cluster = Three();
        Tell(cluster, 1, 30);
        Tell(cluster, 2, other);
        cluster.SettleScores(1);
        (cluster[1].Roles["tg1"] is LocalRole.HandingOver).ShouldBe(moves);
    }

    [Fact]
    public void What_was_told_after_the_word_was_sent_does_not_count_with_it()
    {
        var cluster = Three();
        Tell(cluster, 2, 90);
        var changed = cluster[1].State.ScoresChanged;
        cluster.Send(1, new ClusterCommand.Scores([new HaScore("g", 0)]));
        cluster.Send(3, new ClusterCommand.ScoresSettled(changed));
        cluster.Settle();
        cluster[1].State.Devices[s_b].CountedScores.ShouldBeEmpty();
        cluster.SettleScores(3);
        cluster[1].State.Devices[s_b].CountedScores["g"].ShouldBe(90);
    }

    [Fact]
    public void Without_a_complete_copy_it_moves_all_the_same()
    {
        var cluster = Three();
        Tell(cluster, 1, 0);
        Tell(cluster, 2, 50);
        cluster.SettleScores(1);
        var epoch = cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.HandingOver>().Epoch;
        cluster.Send(1, new ClusterCommand.HandoverAborted("tg1", epoch, "the mirror's copy did not become complete in time"));
        cluster.Settle();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Reason.ShouldBe(MoveReason.HaGroup);
        cluster[3].Told.OfType<ClusterNotice.NotHandedOver>().Single().Why.ShouldContain("did not become complete");
    }

    [Fact]
    public void What_an_operator_moved_stays_until_scores_have_changed()
    {
        var cluster = Three();
        Tell(cluster, 1, 50);
        Tell(cluster, 2, 0);
        cluster.SettleScores(1);
        cluster.Send(1, new ClusterCommand.ForceStandby("tg1", s_b, 1));
        cluster.Settle();
        cluster.Complete();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>("it is obeyed");
        Tell(cluster, 1, 60);
        cluster.SettleScores(1);
        cluster.Complete();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
    }

    [Fact]
    public void What_a_former_worker_told_counts_no_more_and_the_first_word_of_the_next_is_no_change()
    {
        var cluster = Three();
        Tell(cluster, 1, 50);
        Tell(cluster, 2, 0);
        Tell(cluster, 3, 40);
        cluster.SettleScores(1);
        cluster.Send(1, new ClusterCommand.ForceStandby("tg1", s_b, 1));
        cluster.Settle();
        cluster.Complete();
        cluster.Stop(1, LeaveReason.ProcessDown);
        cluster.Start(1);
        cluster.Settle();
        cluster[2].State.Devices[s_a].CountedScores.ShouldBeEmpty();
        cluster[2].State.Groups["tg1"].NextActive.ShouldBe(s_c, "what it reaches now is not known");
        Tell(cluster, 1, 50);
        cluster.SettleScores(2);
        cluster.Complete();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>("the operator is still obeyed").Peer!.Value.Device.ShouldBe(s_a);
    }

    [Fact]
    public void Scores_are_said_to_count_when_none_has_changed_for_the_damping_or_they_never_rest()
    {
        var cluster = Three();
        var time = new FakeTimeProvider();
        var watch = new ScoreWatch(time, s_damping);
        watch.Look(cluster[2].Replica).ShouldBeNull();
        Tell(cluster, 1, 30);
        watch.Look(cluster[2].Replica).ShouldBeNull();
        time.Advance(s_damping - TimeSpan.FromSeconds(1));
        watch.Look(cluster[2].Replica).ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(1));
        watch.Look(cluster[2].Replica).ShouldBe(new ClusterCommand.ScoresSettled(cluster[2].State.ScoresChanged));
        for (var second = 0; second < 19; second += 5)
        {
            Tell(cluster, 1, second);
            watch.Look(cluster[2].Replica).ShouldBeNull();
            time.Advance(TimeSpan.FromSeconds(5));
        }

        watch.Look(cluster[2].Replica).ShouldBe(new ClusterCommand.ScoresSettled(cluster[2].State.ScoresChanged));
    }

    private static Pool Pool(string name, int members) => new(
        name, [.. Enumerable.Range(1, members).Select(i => new PoolMember(Endpoint.TryParse($"10.0.0.1:{i}", out var e) ? e : default, 1))], LoadBalancing.RoundRobin,
        new Monitor("tcp", MonitorType.Tcp, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(16)));

    private static ReplicaCluster Three()
    {
        var cluster = new ReplicaCluster(
            3, new GroupDeclaration("tg1", [s_a, s_b, s_c], [], 3) { Policy = new FailoverPolicy { Method = FailoverMethod.HaGroup, HaGroup = "g", ActiveBonus = 10 } });
        cluster.Start(1, 2, 3);
        cluster.Settle();
        cluster.ReportUp();
        return cluster;
    }

    private static void Tell(ReplicaCluster cluster, int device, int score)
    {
        cluster.Send(device, new ClusterCommand.Scores([new HaScore("g", score)]));
        cluster.Settle();
    }
}
