using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;

namespace ActorMirror.Node.Worker;

/// <summary>From the states of pool members to this device's scores of the HA groups; told when a state changes, never per probe.</summary>
/// <param name="tell">All that are known; must not block.</param>
internal sealed class HaScores(DeviceGroupModel model, Action<ImmutableArray<HaScore>> tell)
{
    private readonly Lock guard = new();
    private readonly Dictionary<(string Pool, Endpoint Member), MemberState> states = [];

    public void Changed(string pool, Endpoint member, MemberState state)
    {
        lock (guard) states[(pool, member)] = state;
        if (model.HaGroups.Any(h => h.Pools.Any(p => p.Pool.Name == pool))) Tell();
    }

    /// <summary>Also before any change: pools without a monitor are up.</summary>
    public void Tell()
    {
        if (model.HaGroups.IsEmpty) return;
        lock (guard)
        {
            var known = ImmutableArray.CreateBuilder<HaScore>();
            foreach (var group in model.HaGroups)
            {
                if (group.Score(StateOf) is { } score) known.Add(new HaScore(group.Name, score));
            }

            // With the lock held, or scores that are true no more could be the last ones told.
            tell(known.ToImmutable());
        }
    }

    private MemberState StateOf(string pool, Endpoint member) => states.GetValueOrDefault((pool, member), MemberState.Unchecked);
}
