using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.TrafficGroups;

/// <summary>
/// What each method makes of the candidates, written as a letter with what speaks for or against it behind: ' a lost VLAN, ! offline, a number the
/// score or the load.
/// </summary>
public sealed class FailoverMethodTests
{
    [Theory]
    //          active, next, candidates -> active, next
    [InlineData("b", "c", "abc", "b", "a")] // the copy goes to the preferred device
    [InlineData("b", "a", "a'bc", "b", "c")] // not to one that lost a VLAN
    [InlineData("-", "c", "abc", "c", "a")] // but whoever holds it takes the group
    public void Without_prefer_warm_the_HA_order_decides_at_once(string active, string next, string candidates, string expectedActive, string expectedNext) =>
        Check(new FailoverPolicy { PreferWarm = false }, active, next, candidates, expectedActive, expectedNext);

    [Theory]
    [InlineData("c", "b", "bc", "c", "b")] // the preferred one is not there
    [InlineData("c", "b", "abc", "c", "a")] // it gets the copy
    [InlineData("c", "b", "a'bc", "c", "b")] // not before it is well; b is next in the order
    [InlineData("c", "b", "a!bc", "c", "b")] // not as long as an operator wants it out
    [InlineData("a", "c", "abc", "a", "c")] // where it belongs; the copy stays
    public void With_failback_the_first_fit_device_before_the_active_is_next_active(string active, string next, string candidates, string expectedActive, string expectedNext) =>
        Check(new FailoverPolicy { Failback = TimeSpan.Zero }, active, next, candidates, expectedActive, expectedNext);

    [Fact]
    public void What_an_operator_moved_does_not_go_back()
    {
        var group = Group(new FailoverPolicy { Failback = TimeSpan.Zero }, "b", "c") with { IsPinned = true };
        Placement.Place(group, Candidates("abc", FailoverMethod.HaOrder), new Epoch(8, 0)).NextActive.ShouldBe(new DeviceId(3));
    }

    [Theory]
    [InlineData("a", "b", "a3b3c2", "a", "c")] // the lowest load
    [InlineData("a", "b", "a3b2c2", "a", "b")] // of equals the one that holds the copy
    [InlineData("a", "-", "a3b2c2", "a", "b")] // of equals the first of the HA order
    [InlineData("a", "b", "a9b2c2", "a", "b")] // loads never move the active
    [InlineData("a", "b", "a3b9c2'", "a", "b")] // a lost VLAN weighs more
    [InlineData("-", "b", "b9c2", "b", "c")] // who holds the copy takes the group, whatever its load
    [InlineData("-", "-", "a3b2c1", "c", "b")] // nobody does
    public void Load_aware_takes_the_lowest_load(string active, string next, string candidates, string expectedActive, string expectedNext) =>
        Check(new FailoverPolicy { Method = FailoverMethod.LoadAware }, active, next, candidates, expectedActive, expectedNext);

    [Theory]
    [InlineData("a", "b", "a5b3c4", "a", "c")] // the highest score of the rest
    [InlineData("a", "b", "a5b4c4", "a", "b")] // of equals the one that holds the copy
    [InlineData("a", "b", "a1b3c4", "a", "c")] // a higher score moves the group by a handover, not here
    [InlineData("-", "b", "b1c4", "b", "c")]
    [InlineData("-", "-", "abc", "a", "b")] // nobody has told one yet
    [InlineData("a", "b", "abc0", "a", "c")] // what is known comes first, and be it nothing
    public void An_HA_group_takes_the_highest_score(string active, string next, string candidates, string expectedActive, string expectedNext) =>
        Check(new FailoverPolicy { Method = FailoverMethod.HaGroup, HaGroup = "g" }, active, next, candidates, expectedActive, expectedNext);

    [Theory]
    [InlineData("a", "b", "ab!c", true, "a", "c")] // an offline device holds no copy
    [InlineData("a", "b", "a!bc", true, "a", "b")] // who is up hands over in good order
    [InlineData("a", "b", "a!bc", false, "b", "c")] // who is not up has nothing to hand over
    [InlineData("a", "b", "a'!bc", true, "b", "c")] // who lost a VLAN neither
    [InlineData("a", "b", "a'!b'c'", true, "a", "b")] // nobody is better
    [InlineData("a", "b", "a!b!", true, "-", "-")] // nobody is left
    [InlineData("-", "b", "a!b!c", true, "c", "-")]
    public void An_offline_device_takes_nothing_and_gives_away_what_it_has(string active, string next, string candidates, bool up, string expectedActive, string expectedNext)
    {
        var placed = Placement.Place(Group(FailoverPolicy.Default, active, next) with { IsUp = up }, Candidates(candidates, FailoverMethod.HaOrder), new Epoch(8, 0));
        (Letter(placed.Active), Letter(placed.NextActive)).ShouldBe((expectedActive, expectedNext));
    }

    private static void Check(FailoverPolicy policy, string active, string next, string candidates, string expectedActive, string expectedNext)
    {
        var placed = Placement.Place(Group(policy, active, next), Candidates(candidates, policy.Method), new Epoch(8, 0));
        (Letter(placed.Active), Letter(placed.NextActive)).ShouldBe((expectedActive, expectedNext));
        placed.CopyComplete.ShouldBe(active == expectedActive && next == expectedNext);
    }

    private static GroupState Group(FailoverPolicy policy, string active, string next) => new()
    {
        Name = "tg1",
        Number = 1,
        Port = 1029,
        HaOrder = [new(1), new(2), new(3)],
        Vlans = [],
        FlapLimit = 3,
        Policy = policy,
        Active = Device(active),
        NextActive = Device(next),
        Epoch = new Epoch(4, 1),
        IsUp = true,
        CopyComplete = true,
    };

    private static DeviceId? Device(string letter) => letter == "-" ? null : new DeviceId(letter[0] - 'a' + 1);

    private static string Letter(DeviceId? device) => device is { } id ? $"{(char)('a' + id.Value - 1)}" : "-";

    private static List<Candidate> Candidates(string text, FailoverMethod method)
    {
        var candidates = new List<Candidate>();
        foreach (var c in text)
        {
            if (char.IsLetter(c)) candidates.Add(new Candidate(Device($"{c}")!.Value, Healthy: true));
            else
            {
                candidates[^1] = (c, method) switch
                {
                    ('\'', _) => candidates[^1] with { Healthy = false },
                    ('!', _) => candidates[^1] with { Offline = true },
                    (_, FailoverMethod.LoadAware) => candidates[^1] with { Load = new DeviceLoad(c - '0', 10) },
                    _ => candidates[^1] with { Score = c - '0' },
                };
            }
        }

        return candidates;
    }
}
