using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.Trust;
using static ActorMirror.Domain.Cluster.ClusterNotice;

namespace ActorMirror.Domain.Cluster;

/// <summary>What a device that needs the state changes in it: it holds no roles, and a new worker brings the newest configuration.</summary>
public static class HelloRules
{
    /// <summary>Ports of mirror channels (BIG-IP: from 1029), one per traffic group.</summary>
    public const int FirstMirrorPort = 1029;
    public const int LastMirrorPort = 1155;

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
        });
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
            if (groups.TryGetValue(declared.Name, out var known))
            {
                groups[declared.Name] = known with { HaOrder = declared.HaOrder, Vlans = declared.Vlans, FlapLimit = declared.FlapLimit };
                continue;
            }

            var number = SmallestFree(groups.Values.Select(g => g.Number), 1, FlowMark.MaximumTrafficGroup);
            var port = SmallestFree(groups.Values.Select(g => g.Port), FirstMirrorPort, LastMirrorPort);
            if (number is null || port is null)
            {
                notices.Add(new Refused(sender, $"no number is free for traffic group {declared.Name}"));
                continue;
            }

            groups.Add(declared.Name, new GroupState
            {
                Name = declared.Name,
                Number = number.Value,
                Port = port.Value,
                HaOrder = declared.HaOrder,
                Vlans = declared.Vlans,
                FlapLimit = declared.FlapLimit,
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
