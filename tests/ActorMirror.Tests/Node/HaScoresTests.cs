using System.Collections.Immutable;
using ActorMirror.Configuration;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;
using ActorMirror.Node.Worker;

namespace ActorMirror.Tests.Node;

public sealed class HaScoresTests
{
    private readonly List<ImmutableArray<HaScore>> told = [];

    [Fact]
    public void Nothing_is_told_of_a_group_before_each_of_its_members_was_probed_to_an_end()
    {
        var scores = new HaScores(Load("failover.conf"), told.Add);
        scores.Tell();
        foreach (var (pool, member) in new[] { ("web", "10.20.0.11:5000"), ("web", "10.20.0.12:5000"), ("datagrams", "10.20.0.11:5001") })
            scores.Changed(pool, Endpoint.Parse(member), MemberState.Up);
        told.ShouldAllBe(t => t.IsEmpty);
        scores.Changed("datagrams", Endpoint.Parse("10.20.0.12:5001"), MemberState.Down);
        told[^1].ShouldBe([new HaScore("servers", 87)]); // 75 + 25 / 2
        scores.Changed("web", Endpoint.Parse("10.20.0.11:5000"), MemberState.Down);
        told[^1].ShouldBe([new HaScore("servers", 49)]);
    }

    [Fact]
    public void A_device_without_HA_groups_tells_nothing()
    {
        var scores = new HaScores(Load("three-devices.conf"), told.Add);
        scores.Tell();
        scores.Changed("web", Endpoint.Parse("10.20.0.11:5000"), MemberState.Up);
        told.ShouldBeEmpty();
    }

    private static DeviceGroupModel Load(string name) => ConfigurationLoader.Load(Repository.Path("hocon", name), "a").Model!;
}
