using ActorMirror.Configuration.Reading;

namespace ActorMirror.Configuration.Validation;

/// <summary>Every name that is used is defined.</summary>
internal static class ReferenceRules
{
    public static void Check(Topology topology, Problems problems)
    {
        var config = topology.Config;
        var devices = Names(config.Devices);
        var vlans = Names(config.Vlans);
        var groups = Names(config.TrafficGroups);
        var pools = Names(config.Pools);
        var snatPools = Names(config.SnatPools);
        var monitors = Names(config.Monitors);
        var persistence = Names(config.PersistenceProfiles);
        var haGroups = Names(config.HaGroups);
        var members = config.Members.Items.Select(m => m.Value).ToHashSet();

        if (config.Device is { } self && Exists(self, devices, "device") && IsOutside(self))
            problems.Error(self.Origin, $"the device '{self.Value}' is not a member of the device group", "add it to device-group.members");

        foreach (var member in config.Members.Items) Exists(member, devices, "device");

        foreach (var selfIp in config.SelfIps)
        {
            Exists(selfIp.Vlan, vlans, "VLAN");
            Exists(selfIp.TrafficGroup, groups, "traffic group");
            Exists(selfIp.Device, devices, "device");
        }

        foreach (var device in config.TrafficGroups.SelectMany(g => g.HaOrder.Items))
        {
            if (Exists(device, devices, "device") && IsOutside(device))
                problems.Error(device.Origin, $"the device '{device.Value}' is not a member of the device group", "add it to device-group.members, or take it out of ha-order");
        }

        foreach (var address in config.VirtualAddresses)
        {
            Exists(address.TrafficGroup, groups, "traffic group");
            Exists(address.Vlan, vlans, "VLAN");
        }

        foreach (var pool in config.Pools) Exists(pool.Monitor, monitors, "monitor");

        foreach (var group in config.TrafficGroups) Exists(group.HaGroup, haGroups, "HA group");
        foreach (var part in config.HaGroups.SelectMany(h => h.Pools)) Exists(part.Pool, pools, "pool");

        foreach (var server in config.VirtualServers)
        {
            foreach (var vlan in server.AllVlans) Exists(vlan, vlans, "VLAN");
            Exists(server.Pool, pools, "pool");
            Exists(server.Persistence, persistence, "persistence profile");
            Exists(server.TrafficGroup, groups, "traffic group");
        }

        foreach (var snat in config.Snats)
        {
            foreach (var vlan in snat.Vlans.Items) Exists(vlan, vlans, "VLAN");
            Exists(snat.TrafficGroup, groups, "traffic group");
        }

        foreach (var (translation, _) in topology.Translations)
        {
            if (translation.Value.Pool is { } pool) Exists(new Located<string>(pool, translation.Origin), snatPools, "SNAT pool");
        }

        bool IsOutside(Located<string> device) => config.Members.IsComplete && !members.Contains(device.Value);

        // Where nothing of the kind is defined at all, that is reported as a missing key; only these kinds may be missing.
        bool Exists(Located<string>? name, HashSet<string> known, string what)
        {
            if (name is null) return false;
            if (known.Contains(name.Value) || (known.Count == 0 && known != pools && known != snatPools && known != persistence && known != haGroups)) return true;
            problems.Error(name.Origin, $"there is no {what} named '{name.Value}'", Spelling.Suggest(name.Value, known, $"a {what}"));
            return false;
        }
    }

    private static HashSet<string> Names(IEnumerable<INamed> items) => items.Select(i => i.Name).ToHashSet();
}
