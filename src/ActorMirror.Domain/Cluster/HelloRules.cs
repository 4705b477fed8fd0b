using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.Trust;
using static ActorMirror.Domain.Cluster.ClusterNotice;

namespace ActorMirror.Domain.Cluster;

/// <summary>What a device that needs the state changes in it: it holds no roles, and a new worker brings the newest configuration.</summary>
public static class HelloRules
{
    internal static ClusterState Hello(ClusterState state, DeviceState device, ClusterCommand.Hello hello, List<ClusterNotice> notices)
    {
        if (!hello.NeedsState) return state;
        if (hello.Declaration is not { } declaration) return state.Refuse(device.Id, "a hello without a declaration", notices);
        var isNew = hello.Incarnation != device.Incarnation;
        state = state.Out(device.Id, MoveReason.Reentered).With(device with
        {
            Incarnation = hello.Incarnation,
            Nonce = hello.Nonce,
            Synced = false,
            Suspect = device.Suspect && !isNew,
            ConfigurationDigest = declaration.ConfigurationDigest,
            Groups = [.. declaration.Groups.Select(g => g.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Channels = declaration.Channels.PerGroup,
            HaCapacity = declaration.HaCapacity,
            Scores = isNew ? DeviceState.NoScores : device.Scores,
            CountedScores = isNew ? DeviceState.NoScores : device.CountedScores,
        });
        state = OfflineRule.Remember(state, declaration.Offline);
        state = state.ChangeGroups(g => g with { Wait = g.Wait.Without(device.Id) });
        if (declaration.HighestEpoch > state.Position) state = state with { Position = declaration.HighestEpoch.Next(0) };
        return isNew ? Declare(state, device.Id, declaration, notices) : state;
    }

    /// <summary>A worker that starts brings the newest configuration: it is taken over for the whole group.</summary>
    private static ClusterState Declare(ClusterState state, DeviceId sender, Declaration declaration, List<ClusterNotice> notices)
    {
        var groups = state.Groups.ToBuilder();
        foreach (var declared in declaration.Groups)
        {
            var known = groups.GetValueOrDefault(declared.Name);
            var channels = state.Devices.Values.Where(d => d.Groups.Contains(declared.Name)).Max(d => d.Channels);
            var port = ChannelPorts.First(declaration.Channels, channels, known, groups.Values);
            if (port is null)
                notices.Add(new Refused(sender, $"no {channels} mirror ports side by side are free for traffic group {declared.Name} (mirroring.ports)"));
            if (known is not null)
            {
                groups[declared.Name] = known with
                {
                    HaOrder = declared.HaOrder,
                    Vlans = declared.Vlans,
                    FlapLimit = declared.FlapLimit,
                    Policy = declared.Policy,
                    Port = port ?? known.Port,
                    Channels = port is null ? known.Channels : channels,
                };
                continue;
            }

            var number = SmallestFree(groups.Values.Select(g => g.Number), 1, FlowMark.MaximumTrafficGroup);
            if (number is null) notices.Add(new Refused(sender, $"no number is free for traffic group {declared.Name}"));
            if (number is null || port is null) continue;

            groups.Add(declared.Name, new GroupState
            {
                Name = declared.Name,
                Number = number.Value,
                Port = port.Value,
                Channels = channels,
                HaOrder = declared.HaOrder,
                Vlans = declared.Vlans,
                FlapLimit = declared.FlapLimit,
                Policy = declared.Policy,
            });
        }

        var revoked = Revocation.TryAdd(state.Revoked, declaration.Revoked);
        if (revoked is null) notices.Add(new Refused(sender, $"more than {Revocation.Most} certificates are revoked: those it knows are not taken over"));
        return state with
        {
            Groups = groups.ToImmutable(),
            Revoked = revoked ?? state.Revoked,
            VirtualServers = state.VirtualServers.Add(declaration.VirtualServers, FlowMark.MaximumVirtualServer),
            PoolMembers = state.PoolMembers.Add(declaration.PoolMembers, FlowMark.MaximumMember),
        };
    }

    private static int? SmallestFree(IEnumerable<int> used, int first, int last)
    {
        var taken = used.ToHashSet();
        for (var candidate = first; candidate <= last; candidate++)
        {
            if (!taken.Contains(candidate)) return candidate;
        }

        return null;
    }
}
