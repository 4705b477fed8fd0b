using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using static ActorMirror.Domain.TrafficGroups.GroupEffect;
using static ActorMirror.Domain.TrafficGroups.GroupPhase;

namespace ActorMirror.Tests.TrafficGroups;

public sealed class GroupControlTests
{
    private static readonly Epoch Old = new(4, 1);
    private static readonly Epoch Now = new(5, 0);
    private static readonly Epoch New = new(6, 0);
    private static readonly DeviceId Lost = new(2);
    private static readonly MirrorPeer Peer = new(Lost, 1029);
    private static readonly PromotionWait Guard = new(DeviceSet.Of(Lost), DeviceSet.Empty);
    private static readonly PromotionWait Fence = new(DeviceSet.Empty, DeviceSet.Of(Lost));

    private static readonly GroupInput[] Inputs =
    [
        new GroupInput.Assigned(Active(New, PromotionWait.None)),
        new GroupInput.Assigned(Active(New, Guard)),
        new GroupInput.Assigned(Active(Now, PromotionWait.None)),
        new GroupInput.Assigned(new LocalRole.HandingOver(Now, Peer, 1)),
        new GroupInput.Assigned(new LocalRole.HandingOver(New, Peer, 1)),
        new GroupInput.Assigned(new LocalRole.Relinquished(Now, Lost, New, 1029)),
        new GroupInput.Assigned(new LocalRole.Mirror(New, Lost, 1029)),
        new GroupInput.Assigned(new LocalRole.Cold(New)),
        new GroupInput.Assigned(null),
        new GroupInput.Assigned(new LocalRole.Mirror(Old, Lost, 1029)),
        new GroupInput.GuardOver(Now),
        new GroupInput.LeaseWaitOver(Now),
        new GroupInput.Fenced(Lost),
        new GroupInput.Opened(Now),
        new GroupInput.Drained(7),
        new GroupInput.DrainFailed("slow"),
        new GroupInput.OverlapOver(Now),
        new GroupInput.LeaseLost(),
    ];

    /// <summary>Per phase one entry per input in the order of <see cref="Inputs"/>: the phase after it; null where the phase stays.</summary>
    private static readonly Dictionary<GroupPhase, GroupPhase?[]> Table = new()
    {
        [Unknown] = [Opening, Waiting, null, null, Opening, Standby, Standby, Standby, Standby, null, null, null, null, null, null, null, null, Standby],
        [Standby] = [Opening, Waiting, null, null, Opening, null, null, null, null, null, null, null, null, null, null, null, null, null],
        [Waiting] = [Opening, null, Opening, null, Opening, Standby, Standby, Standby, Standby, null, null, Opening, Opening, null, null, null, null, Standby],
        [Opening] = [null, Waiting, null, null, null, Standby, Standby, Standby, Standby, null, null, null, null, Up, null, null, null, Standby],
        [Up] = [null, null, null, Draining, null, Overlap, Standby, Standby, Standby, null, null, null, null, null, null, null, null, Standby],
        [Draining] = [Up, Up, Up, null, Up, Overlap, Standby, Standby, Standby, null, null, null, null, null, Releasing, Up, null, Standby],
        [Releasing] = [Up, Up, Up, null, Up, Overlap, Standby, Standby, Standby, null, null, null, null, null, null, null, null, Standby],
        [Overlap] = [Up, Up, null, null, Up, null, Standby, Standby, Standby, null, null, null, null, null, null, null, Standby, Standby],
    };

    private const GroupPhase Up = GroupPhase.Active;

    public static TheoryData<GroupPhase, int> Pairs()
    {
        var pairs = new TheoryData<GroupPhase, int>();
        foreach (var phase in Enum.GetValues<GroupPhase>())
            for (var input = 0; input < Inputs.Length; input++) pairs.Add(phase, input);
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_phase_and_input_has_its_outcome(GroupPhase phase, int input)
    {
        var before = new GroupControl(phase, Now, phase == Waiting ? Fence : PromotionWait.None);
        var (after, effects) = before.Handle(Inputs[input]);
        after.Phase.ShouldBe(Table[phase][input] ?? phase, Inputs[input].ToString());
        if (phase != Standby && after.Phase == Standby && phase != after.Phase)
            effects.ShouldBe([CloseGate, AddressesDown, AdmitNewConnections]);
        if (after.Phase == Standby) after.IsUp.ShouldBeFalse();
    }

    [Fact]
    public void Every_owner_that_may_still_forward_is_waited_for()
    {
        var both = new PromotionWait(DeviceSet.Of(Lost), DeviceSet.Of(new DeviceId(3)));
        var (waiting, timers) = GroupControl.Initial.Handle(new GroupInput.Assigned(Active(Now, both)));
        timers.ShouldBe([StartGuard, StartLeaseWait]);
        var (still, nothing) = waiting.Handle(new GroupInput.GuardOver(Now));
        (still.Phase, nothing.Length).ShouldBe((Waiting, 0));
        still.Handle(new GroupInput.Fenced(new DeviceId(3))).Effects.ShouldBe([TryOpen]);
    }

    [Fact]
    public void A_wait_of_an_older_promotion_does_not_open()
    {
        var waiting = new GroupControl(Waiting, Now, Guard);
        waiting.Handle(new GroupInput.GuardOver(Old)).Effects.ShouldBeEmpty();
        waiting.Handle(new GroupInput.Fenced(new DeviceId(3))).Effects.ShouldBeEmpty();
    }

    [Fact]
    public void After_a_lost_lease_the_same_epoch_does_not_open_again()
    {
        var (lost, _) = new GroupControl(Up, Now, PromotionWait.None).Handle(new GroupInput.LeaseLost());
        lost.Handle(new GroupInput.Assigned(Active(Now, PromotionWait.None))).Effects.ShouldBeEmpty();
        lost.Handle(new GroupInput.Assigned(Active(New, PromotionWait.None))).Effects.ShouldBe([TryOpen]);
    }

    [Fact]
    public void Addresses_come_up_only_after_the_gate_opened_and_are_announced_last()
    {
        var (opening, open) = GroupControl.Initial.Handle(new GroupInput.Assigned(Active(Now, PromotionWait.None)));
        open.ShouldBe([TryOpen]);
        opening.Handle(new GroupInput.Opened(Now)).Effects.ShouldBe([AddressesUp, Announce, ReportPromoted]);
    }

    private static LocalRole.Active Active(Epoch epoch, PromotionWait wait) => new(epoch, Peer, wait, MoveReason.DeviceDown);
}
