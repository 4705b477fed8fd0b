using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.TrafficGroups;

/// <summary>The whole table of placement, each device written as its letter, with ' for a lost VLAN.</summary>
public sealed class PlacementTests
{
    [Theory]
    //          active, next, candidates   -> active, next, moved
    [InlineData("-", "-", "", "-", "-", false)] // nobody is there
    [InlineData("-", "-", "abc", "a", "b", true)] // first placement: HA order
    [InlineData("-", "-", "c", "c", "-", true)] // alone
    [InlineData("a", "b", "abc", "a", "b", false)] // nothing to do
    [InlineData("b", "c", "abc", "b", "c", false)] // no automatic failback, sticky next-active
    [InlineData("b", "-", "abc", "b", "a", false)] // a new next-active: HA order
    [InlineData("b", "c", "ab", "b", "a", false)] // the next-active is lost
    [InlineData("-", "c", "bc", "c", "b", true)] // the active is lost: next-active before HA order
    [InlineData("-", "c", "ab", "a", "b", true)] // both are lost
    [InlineData("a", "b", "a'bc", "b", "c", true)] // link tracking moves the group
    [InlineData("a", "b", "a'b'c", "c", "b", true)] // to a healthy device rather than to the copy
    [InlineData("a", "b", "a'b'c'", "a", "b", false)] // the VLAN is lost everywhere: it stays
    [InlineData("a", "b", "a'b'", "a", "b", false)]
    [InlineData("a", "b", "ab'c", "a", "c", false)] // a healthy device becomes next-active
    [InlineData("a", "b", "ab'", "a", "b", false)] // there is no other: the copy stays where it is
    [InlineData("-", "b", "b'c", "c", "b", true)]
    [InlineData("-", "b", "b'", "b", "-", true)] // better than none
    public void Placement_is(string active, string next, string candidates, string expectedActive, string expectedNext, bool moved)
    {
        var group = Group() with
        {
            Active = Device(active),
            NextActive = Device(next),
            CopyComplete = true,
        };
        var placed = Placement.Place(group, Candidates(candidates), new Epoch(8, 0));
        placed.Active.ShouldBe(Device(expectedActive));
        placed.NextActive.ShouldBe(Device(expectedNext));
        placed.Epoch.ShouldBe(moved ? new Epoch(8, 0) : new Epoch(4, 1));
        placed.CopyComplete.ShouldBe(!moved && expectedNext == next, "a copy is complete for one owner and one mirror only");
    }

    [Theory]
    //          active, previous, next, why, candidates -> active, next
    [InlineData("a", "-", "b", MoveReason.Initial, "ab", "a", "b")]
    [InlineData("a", "-", "b", MoveReason.Initial, "a'bc", "a", "b")] // the lost VLAN moves it no further
    [InlineData("-", "a", "b", MoveReason.ProcessDown, "bc", "-", "b")] // it waits, and the copy with it
    [InlineData("-", "a", "b", MoveReason.DeviceDown, "b", "-", "b")]
    [InlineData("-", "a", "b", MoveReason.Silent, "abc", "a", "b")] // back
    [InlineData("-", "a", "b", MoveReason.Reentered, "a'b", "a", "b")] // back, though not in full health
    [InlineData("-", "a", "b", MoveReason.ProcessDown, "", "-", "-")]
    [InlineData("-", "a", "b", MoveReason.Left, "bc", "b", "c")] // an operator stopped its device
    [InlineData("-", "a", "b", MoveReason.Reconfigured, "bc", "b", "c")]
    [InlineData("-", "a", "b", MoveReason.QuorumRegained, "bc", "b", "c")]
    public void A_held_group_is_placed_where_it_was_or_nowhere(
        string active, string previous, string next, MoveReason reason, string candidates, string expectedActive, string expectedNext)
    {
        var group = Group() with
        {
            Flaps = [new(1, 1), new(2, 1), new(4, 1)],
            Active = Device(active),
            Previous = Device(previous),
            NextActive = Device(next),
            Reason = reason,
        };
        var placed = Placement.Place(group, Candidates(candidates), new Epoch(8, 0));
        placed.Active.ShouldBe(Device(expectedActive));
        placed.NextActive.ShouldBe(Device(expectedNext));
        placed.IsHeld.ShouldBeTrue();
    }

    [Theory]
    //          awaited, next, complete, candidates -> active; a dropped its roles
    [InlineData(true, "b", true, "bc", "b")] // the copy is complete: at once
    [InlineData(true, "b", false, "bc", "-")] // it is not: the group waits
    [InlineData(true, "-", false, "c", "-")]
    [InlineData(true, "b", true, "c", "-")] // complete, but not here
    [InlineData(false, "b", false, "abc", "a")] // back: it has the connections
    [InlineData(false, "b", true, "abc", "b")]
    [InlineData(false, "b", false, "a'bc", "b")] // without the VLAN they are of no use
    [InlineData(false, "b", false, "bc", "b")] // it does not come
    public void A_group_whose_active_dropped_its_roles_is_placed_where_its_connections_are(bool awaited, string next, bool complete, string candidates, string active)
    {
        var group = Group() with
        {
            HaOrder = [new(3), new(2), new(1)],
            Previous = Device("a"),
            NextActive = Device(next),
            CopyComplete = complete,
            Reason = MoveReason.Reentered,
        };
        Placement.Place(group, Candidates(candidates), new Epoch(8, 0), awaited).Active.ShouldBe(Device(active));
    }

    [Theory]
    [InlineData(MoveReason.Initial, false)]
    [InlineData(MoveReason.DeviceDown, true)]
    [InlineData(MoveReason.ProcessDown, true)]
    [InlineData(MoveReason.Left, false)]
    [InlineData(MoveReason.Silent, true)]
    [InlineData(MoveReason.Reentered, true)]
    [InlineData(MoveReason.LinkDown, true)]
    [InlineData(MoveReason.Forced, false)]
    [InlineData(MoveReason.QuorumRegained, false)]
    [InlineData(MoveReason.Reconfigured, false)]
    [InlineData(MoveReason.Failback, false)]
    [InlineData(MoveReason.HaGroup, true)]
    [InlineData(MoveReason.Offline, false)]
    public void Moves_that_a_failure_made_count(MoveReason reason, bool counts)
    {
        reason.IsFailure().ShouldBe(counts);
        var group = Group() with
        {
            FlapLimit = 2,
            Flaps = [new(4, 1)],
            Previous = new DeviceId(1),
            Reason = reason,
        };
        Placement.Place(group, Candidates("b"), new Epoch(8, 0)).IsHeld.ShouldBe(counts);
        Placement.Place(group, Candidates("a"), new Epoch(8, 0)).Flaps.ShouldBe(group.Flaps, "back on the same device it has not moved");
    }

    private static GroupState Group() => new()
    {
        Name = "tg1",
        Number = 1,
        Port = 1029,
        HaOrder = [new(1), new(2), new(3)],
        Vlans = [],
        FlapLimit = 3,
        Epoch = new Epoch(4, 1),
    };

    private static DeviceId? Device(string letter) => letter == "-" ? null : new DeviceId(letter[0] - 'a' + 1);

    private static List<Candidate> Candidates(string text) =>
    [
        .. text.Select((c, i) => (Letter: c, Healthy: i + 1 == text.Length || text[i + 1] != '\''))
            .Where(c => c.Letter != '\'')
            .Select(c => new Candidate(new DeviceId(c.Letter - 'a' + 1), c.Healthy)),
    ];
}
