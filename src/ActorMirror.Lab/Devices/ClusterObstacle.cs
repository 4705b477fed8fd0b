using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Devices;

/// <summary>Why a cluster is not (yet) as a scenario wants it, in one sentence; null when nothing is in the way. Pure.</summary>
internal static class ClusterObstacle
{
    /// <summary>Every expected device in one quorate view, every group with one active and a next-active whose copy is complete.</summary>
    /// <param name="expected">Devices that are started and reachable.</param>
    /// <param name="statuses">Their answers; a device that did not answer is missing.</param>
    public static string? ToReady(IReadOnlyCollection<string> expected, IReadOnlyDictionary<string, StatusReport> statuses)
    {
        foreach (var name in expected)
        {
            if (!statuses.TryGetValue(name, out var status)) return $"{name} does not answer";
            if (!status.Quorate) return $"{name} has no quorum";
            if (status.Membership != Membership.Synced) return $"{name} is {status.Membership}";
            if (!status.Members.ToHashSet().SetEquals(expected)) return $"{name} sees {string.Join(", ", status.Members)}";
        }

        var groups = statuses.Values.SelectMany(s => s.TrafficGroups).Select(g => g.Name).Distinct();
        return groups.Select(g => ToReady(g, expected.Count, statuses)).FirstOrDefault(o => o is not null);
    }

    /// <summary>Ready, and every connection that must be mirrored is acknowledged as applied.</summary>
    public static string? ToProtected(IReadOnlyCollection<string> expected, IReadOnlyDictionary<string, StatusReport> statuses)
    {
        if (ToReady(expected, statuses) is { } obstacle) return obstacle;
        foreach (var group in statuses.Values.SelectMany(s => s.TrafficGroups).Where(g => g.Role == Role.Active))
        {
            // Connections come and go while this is asked: one in a hundred may be too young.
            var missing = group.Counts.Owned - group.Counts.Unmirrored - group.Counts.ByChoice - group.Counts.Protected;
            if (missing * 100 > group.Counts.Owned) return $"{group.Name}: {missing} of {group.Counts.Owned} connections are not protected";
        }

        return null;
    }

    private static string? ToReady(string name, int devices, IReadOnlyDictionary<string, StatusReport> statuses)
    {
        var views = statuses.SelectMany(s => s.Value.TrafficGroups.Where(g => g.Name == name).Select(g => (Device: s.Key, Group: g))).ToList();
        var active = views.Where(v => v.Group.Role == Role.Active).ToList();
        if (active.Count != 1) return $"{name} is active on {active.Count} devices";
        if (devices == 1) return null;

        var (device, group) = active[0];
        if (group.NextActive is not { } next || !statuses.ContainsKey(next)) return $"{name} on {device} has no next-active";
        if (views.First(v => v.Device == next).Group.Role != Role.Mirror) return $"{next} is not yet the mirror of {name}";
        return group.Mirror switch
        {
            null => $"{name} on {device} has no mirror channel",
            { State: not MirrorChannelState.InSync } mirror => $"the mirror channel of {name} is {mirror.State}: {mirror.Reason}",
            { Complete: false } => $"the mirror of {name} is not complete",
            _ => null,
        };
    }
}
