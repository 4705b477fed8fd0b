using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Pools;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>A pool's part in the score of an HA group.</summary>
/// <param name="Weight">What it counts when all its members are up, 10 to 100.</param>
/// <param name="Threshold">With fewer members up it counts nothing; 0 or 1: one is enough.</param>
public sealed record HaGroupPool(Pool Pool, int Weight, int Threshold);

/// <summary>What makes a device fit to serve, beyond its own health: how much of these pools it reaches.</summary>
public sealed record HaGroup(string Name, ImmutableArray<HaGroupPool> Pools, int ActiveBonus)
{
    /// <summary>The sum of each pool's weight times the part of its members that are up, rounded down.</summary>
    /// <param name="stateOf">As this device's monitors see it.</param>
    /// <returns>Null: a member was not probed to an end yet, and what is not known is not told.</returns>
    public int? Score(Func<string, Endpoint, MemberState> stateOf)
    {
        var score = 0;
        foreach (var part in Pools)
        {
            var states = part.Pool.Members.Select(m => part.Pool.Monitor is null ? MemberState.Up : stateOf(part.Pool.Name, m.Endpoint)).ToList();
            if (states.Contains(MemberState.Unchecked)) return null;
            var up = states.Count(s => s == MemberState.Up);
            if (up >= part.Threshold) score += part.Weight * up / states.Count;
        }

        return score;
    }
}
