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

    private static readonly GroupInput[] Inputs =
    [
        new GroupInput.BecomeActive(New, PromotionWait.None, null),
        new GroupInput.BecomeActive(New, PromotionWait.Guard, Lost),
        new GroupInput.BecomeActive(New, PromotionWait.FenceOrLease, Lost),
        new GroupInput.BecomeStandby(Planned: true),
        new GroupInput.BecomeStandby(Planned: false),
        new GroupInput.WaitOver(Now),
        new GroupInput.Fenced(Lost),
        new GroupInput.Opened(Now),
        new GroupInput.HandOver(Lost),
        new GroupInput.Drained(7),
        new GroupInput.DrainFailed("slow"),
        new GroupInput.HandOverEnded(),
        new GroupInput.OverlapOver(),
        new GroupInput.LeaseLost(),
    ];

    /// <summary>Per phase one row per input in the order of <see cref="Inputs"/>: the phase after it; a dash where nothing changes.</summary>
    private static readonly Dictionary<GroupPhase, GroupPhase?[]> Table = new()
    {
        [Standby] = [Opening, Waiting, Waiting, null, null, null, null, null, null, null, null, null, null, null],
        [Waiting] = [Opening, Waiting, Waiting, Standby, Standby, Opening, Opening, null, null, null, null, null, null, Standby],
        [Opening] = [Opening, Waiting, Waiting, Standby, Standby, null, null, Active, null, null, null, null, null, Standby],
        [Active] = [Active, Active, Active, Standby, Standby, null, null, null, Draining, null, null, null, null, Standby],
        [Draining] = [Active, Active, Active, Standby, Standby, null, null, null, null, Releasing, Active, Active, null, Standby],
        [Releasing] = [Active, Active, Active, Overlap, Standby, null, null, null, null, null, null, Active, null, Standby],
        [Overlap] = [Active, Active, Active, null, null, null, null, null, null, null, null, null, Standby, Standby],
    };

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
        var before = new GroupControl(phase, Now, phase is Waiting ? Lost : null);
        var (after, effects) = before.Handle(Inputs[input]);
        var expected = Table[phase][input];
        after.Phase.ShouldBe(expected ?? phase);
        if (expected is null) (after, effects.Length).ShouldBe((before, 0));
        if (phase != Standby && after.Phase == Standby) effects.ShouldBe([CloseGate, AddressesDown]);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Nothing_below_the_epoch_makes_active(GroupPhase phase, int input)
    {
        _ = input;
        var before = new GroupControl(phase, Now, null);
        before.Handle(new GroupInput.BecomeActive(Old, PromotionWait.None, null)).Effects.ShouldBeEmpty();
        before.Handle(new GroupInput.BecomeActive(Now, PromotionWait.None, null)).Effects.ShouldBeEmpty();
    }

    [Fact]
    public void A_wait_of_an_older_promotion_does_not_open()
    {
        var waiting = new GroupControl(Waiting, Now, Lost);
        waiting.Handle(new GroupInput.WaitOver(Old)).Effects.ShouldBeEmpty();
        waiting.Handle(new GroupInput.Fenced(new DeviceId(3))).Effects.ShouldBeEmpty();
    }

    [Fact]
    public void Addresses_come_up_only_after_the_gate_opened_and_are_announced_last()
    {
        var (opening, open) = GroupControl.Initial.Handle(new GroupInput.BecomeActive(Now, PromotionWait.None, null));
        open.ShouldBe([TryOpen]);
        opening.Handle(new GroupInput.Opened(Now)).Effects.ShouldBe([AddressesUp, Announce, ReportPromoted]);
    }
}
