using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.Persistence;

namespace ActorMirror.Configuration.Validation;

/// <summary>What the kernel can remember of clients, and where.</summary>
internal static class PersistenceRules
{
    public static void Check(GroupConfig config, Problems problems)
    {
        var profiles = config.PersistenceProfiles.ToLookup(p => p.Name);
        foreach (var hash in config.PersistenceProfiles.Where(p => p is { Mode.Value: PersistenceMode.Hash })) Hash(hash, problems);
        foreach (var server in config.VirtualServers)
        {
            if (server.Persistence is { } name && profiles[name.Value].FirstOrDefault() is { } profile) Check(config, server, name, profile, problems);
        }
    }

    private static void Hash(PersistenceConfig profile, Problems problems)
    {
        foreach (var masked in new[] { profile.LengthV4 is { Value: < 32 } v4 ? v4 : null, profile.LengthV6 is { Value: < 128 } v6 ? v6 : null }.OfType<Located<int>>())
            problems.Error(masked.Origin, "a hash is of whole addresses", "leave mask-v4 and mask-v6 out, or set type = source-address");
        foreach (var shared in new[] { profile.AcrossServices, profile.AcrossVirtuals, profile.Mirror }.OfType<Located<bool>>().Where(s => s.Value))
            problems.Error(shared.Origin, "a hash is computed anew for each connection, on every device: there are no records to be shared or mirrored", "leave it out, or set type = source-address");
    }

    private static void Check(GroupConfig config, VirtualServerConfig server, Located<string> name, PersistenceConfig profile, Problems problems)
    {
        if (server is { IsForwarding.Value: true })
            problems.Error(name.Origin, "a virtual server of type forwarding chooses no member, so there is none to return to", "leave persistence out, or set type = fast-l4");
        else if (profile.Mode is { Value: null } inside)
        {
            problems.Error(
                name.Origin, $"persistence of type {inside.Origin.Value} looks into what the client says, and the kernel chooses the member of a fast-l4 virtual server at the first packet, before anything is said",
                $"name a profile of type source-address or destination-address: '{profile.Name}' needs a Standard virtual server, which this release does not have");
        }

        if (profile is { Mode.Value: PersistenceMode.Hash }) return;
        if (config.Mirroring?.Channels is { Value: > 1 } channels)
        {
            problems.Error(
                name.Origin, $"the connections of one client are dealt out to all of a traffic group's {channels.Value} channels, and its record is of one table",
                "set mirroring.channels-per-traffic-group = 1, or leave persistence out");
        }

        if (profile is { Mode.Value: PersistenceMode.DestinationAddress } && server is { Destination.Value: { IsHost: true } destination })
        {
            problems.Warning(
                name.Origin, $"all connections to {destination.Address} go to one address: with persistence by destination one member gets them all",
                "name a profile of type source-address");
        }
    }
}
