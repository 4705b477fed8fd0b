using ActorMirror.Cluster.Corosync;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Tests.Cluster;

/// <summary>The two streams of corosync in every order they can come in.</summary>
public sealed class ViewSequencerTests
{
    private static readonly RingId R1 = new(1, 4), R2 = new(1, 8), R3 = new(1, 12);
    private static readonly WorkerRun A = Run(1), B = Run(2), C = Run(3), NewC = new(new DeviceId(3), 999);

    private readonly ViewSequencer _sequencer = new(new DeviceId(1));

    [Fact]
    public void The_first_view_waits_for_ring_and_verdict()
    {
        Joins([A], A);
        Told().ShouldBeEmpty();
        _sequencer.RingChanged(R1);
        Told().ShouldBeEmpty();
        _sequencer.Verdict(R1, true);
        Told().ShouldBe(["view 1.4 True 1 +1 -"]);
    }

    [Fact]
    public void The_initial_ring_may_come_before_the_own_join()
    {
        _sequencer.RingChanged(R1);
        _sequencer.Verdict(R1, true);
        Told().ShouldBeEmpty();
        Joins([A], A);
        Told().ShouldBe(["view 1.4 True 1 +1 -"]);
    }

    [Fact]
    public void A_minority_hears_of_the_departure_together_with_the_loss_of_the_quorum()
    {
        ThreeMembers();
        NodesDown([A], B, C);
        _sequencer.RingChanged(R2);
        Told().ShouldBeEmpty();
        _sequencer.Renews(R2).ShouldBeFalse();
        _sequencer.IsSettled(R2).ShouldBeFalse("corosync's services may be synchronising");
        _sequencer.Verdict(R2, false);
        Told().ShouldBe(["view 1.8 False 1 + -2:DeviceDown,3:DeviceDown"]);
        _sequencer.Renews(R2).ShouldBeFalse();
        _sequencer.IsSettled(R2).ShouldBeTrue("a minority has its quiet too");
        _sequencer.IsSettled(R1).ShouldBeFalse();
    }

    [Fact]
    public void A_verdict_that_comes_before_its_ring_is_kept()
    {
        ThreeMembers();
        _sequencer.Verdict(R2, true);
        _sequencer.Renews(R1).ShouldBeFalse("QUORUM is in another ring already");
        NodesDown([A, B], C);
        Told().ShouldBeEmpty();
        _sequencer.RingChanged(R2);
        Told().ShouldBe(["view 1.8 True 1,2 + -3:DeviceDown"]);
        _sequencer.Renews(R2).ShouldBeTrue();
        _sequencer.Renews(R1).ShouldBeFalse();
    }

    [Fact]
    public void What_is_ordered_behind_a_held_view_waits_in_its_place()
    {
        ThreeMembers();
        NodesDown([A, B], C);
        _sequencer.RingChanged(R2);
        Command(B, R2, "x").ShouldBeTrue();
        Ends([A], B, LeaveReason.ProcessDown);
        Told().ShouldBeEmpty();
        _sequencer.Verdict(R2, true);
        Told().ShouldBe(["view 1.8 True 1,2 + -3:DeviceDown", "command 2 x", "view 1.8 True 1 + -2:ProcessDown"]);
    }

    [Fact]
    public void Stale_commands_and_strangers_are_dropped()
    {
        ThreeMembers();
        Command(B, R1, "fresh").ShouldBeTrue();
        Command(Run(4), R1, "stranger").ShouldBeFalse();
        NodesDown([A, B], C);
        _sequencer.RingChanged(R2);
        _sequencer.Verdict(R2, true);
        Command(B, R1, "stale").ShouldBeFalse();
        Command(B, R3, "from the future").ShouldBeFalse();
        Told().ShouldBe(["command 2 fresh", "view 1.8 True 1,2 + -3:DeviceDown"]);
    }

    [Fact]
    public void A_leave_and_the_end_of_its_process_are_one_departure()
    {
        ThreeMembers();
        Ends([A, B], C, LeaveReason.Left);
        Ends([A, B], C, LeaveReason.ProcessDown);
        Told().ShouldBe(["view 1.4 True 1,2 + -3:Left"]);
    }

    [Fact]
    public void A_node_that_restarted_within_one_change_has_left_and_joined()
    {
        ThreeMembers();
        NodesDown([A, B], C);
        _sequencer.MembersChanged([A, B, NewC], [], [NewC], byRing: true);
        _sequencer.RingChanged(R2);
        _sequencer.Verdict(R2, true);
        Told().ShouldBe(["view 1.8 True 1,2,3 +3 -3:DeviceDown"]);
    }

    [Fact]
    public void A_ring_nobody_could_act_in_is_part_of_the_next_one()
    {
        ThreeMembers();
        NodesDown([A, B], C);
        _sequencer.RingChanged(R2);
        NodesDown([A], B);
        _sequencer.RingChanged(R3);
        _sequencer.Verdict(R3, false);
        Told().ShouldBe(["view 1.12 False 1 + -2:DeviceDown,3:DeviceDown"]);
        _sequencer.Broken.ShouldBeNull();
    }

    [Fact]
    public void Verdicts_on_both_rings_give_both_views_however_late()
    {
        ThreeMembers();
        NodesDown([A, B], C);
        _sequencer.RingChanged(R2);
        Command(B, R2, "x").ShouldBeTrue();
        NodesDown([A], B);
        _sequencer.RingChanged(R3);
        _sequencer.Verdict(R2, true);
        _sequencer.Verdict(R3, false);
        Told().ShouldBe(["view 1.8 True 1,2 + -3:DeviceDown", "command 2 x", "view 1.12 False 1 + -2:DeviceDown"]);
    }

    [Fact]
    public void Commands_in_a_ring_without_a_verdict_break_the_stream()
    {
        ThreeMembers();
        NodesDown([A, B], C);
        _sequencer.RingChanged(R2);
        Command(B, R2, "others may have acted on this").ShouldBeTrue();
        NodesDown([A], B);
        _sequencer.RingChanged(R3);
        _sequencer.Verdict(R3, false);
        _sequencer.Broken.ShouldNotBeNull();
    }

    [Fact]
    public void A_change_of_votes_within_a_ring_is_a_view_without_arrivals()
    {
        ThreeMembers();
        _sequencer.Verdict(R1, false);
        Told().ShouldBe(["view 1.4 False 1,2,3 + -"]);
        _sequencer.Verdict(R1, false);
        Told().ShouldBeEmpty();
    }

    [Fact]
    public void Fenced_comes_behind_the_death_it_speaks_of()
    {
        ThreeMembers();
        _sequencer.FencedDelivered(C);
        Told().ShouldBeEmpty();
        Ends([A, B], C, LeaveReason.ProcessDown);
        Told().ShouldBe(["view 1.4 True 1,2 + -3:ProcessDown", "fenced 3"]);
    }

    [Fact]
    public void Fenced_that_comes_later_is_told_at_once()
    {
        ThreeMembers();
        Ends([A, B], C, LeaveReason.ProcessDown);
        _sequencer.FencedDelivered(C);
        Told().ShouldBe(["view 1.4 True 1,2 + -3:ProcessDown", "fenced 3"]);
    }

    [Fact]
    public void Fenced_of_a_run_before_the_last_is_not_told()
    {
        ThreeMembers();
        Ends([A, B], C, LeaveReason.ProcessDown);
        Joins([A, B, NewC], NewC);
        Told();
        _sequencer.FencedDelivered(C);
        Told().ShouldBeEmpty();
        Ends([A, B], NewC, LeaveReason.ProcessDown);
        _sequencer.FencedDelivered(C);
        Told().ShouldBe(["view 1.4 True 1,2 + -3:ProcessDown"]);
    }

    private void ThreeMembers()
    {
        _sequencer.MembersChanged([A, B, C], [], [A, B, C], byRing: false);
        _sequencer.RingChanged(R1);
        _sequencer.Verdict(R1, true);
        Told();
        _sequencer.Renews(R1).ShouldBeTrue();
    }

    private void Joins(WorkerRun[] members, WorkerRun joined) => _sequencer.MembersChanged(members, [], [joined], byRing: false);

    private void Ends(WorkerRun[] members, WorkerRun ended, LeaveReason reason) =>
        _sequencer.MembersChanged(members, [new EndedRun(ended, reason)], [], byRing: false);

    private void NodesDown(WorkerRun[] members, params WorkerRun[] lost) =>
        _sequencer.MembersChanged(members, [.. lost.Select(run => new EndedRun(run, LeaveReason.DeviceDown))], [], byRing: true);

    private bool Command(WorkerRun sender, RingId ring, string text) => _sequencer.CommandDelivered(sender, ring, System.Text.Encoding.UTF8.GetBytes(text));

    private List<string> Told()
    {
        var told = new List<string>();
        while (_sequencer.TryTake(out var next))
        {
            told.Add(next switch
            {
                ClusterEvent.View view => $"view {view.Ring} {view.Quorate} {string.Join(',', view.Members)} +{string.Join(',', view.Joined)} "
                    + $"-{string.Join(',', view.Left.Select(departure => $"{departure.Device}:{departure.Reason}"))}",
                ClusterEvent.Command command => $"command {command.Sender} {System.Text.Encoding.UTF8.GetString(command.Payload.Span)}",
                ClusterEvent.Fenced fenced => $"fenced {fenced.Device}",
                _ => next.ToString()!,
            });
        }

        return told;
    }

    private static WorkerRun Run(int id) => new(new DeviceId(id), (uint)(100 + id));
}
