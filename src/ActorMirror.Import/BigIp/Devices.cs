using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary>
/// <c>cm device</c>: management-ip, mirror-ip, mirror-secondary-ip, and unicast-address as the cluster links. What is of the machine (serial
/// numbers, licences, versions) says nothing about traffic.
/// </summary>
internal static class Devices
{
    public static void Read(Conversion conversion, Stanza stanza)
    {
        var (draft, properties) = (conversion.Draft, conversion.Open(stanza));
        properties.Ignore(
            "active-modules", "alias-address", "base-mac", "build", "cert", "chassis-id", "chassis-type", "comment", "contact", "edition", "failover-state", "hostname", "inactive-modules",
            "key", "location", "marketing-name", "optional-modules", "platform-id", "product", "time-limited-modules", "time-zone", "timezone", "version");
        if (draft.Devices.Objects.Count == DeviceId.Maximum)
        {
            properties.LeaveOutAll($"a device group has at most {DeviceId.Maximum} devices");
            return;
        }

        if (Address(properties.Word("management-ip")) is not { } management)
        {
            properties.LeaveOutAll("the device has no management-ip");
            return;
        }

        var device = draft.Devices.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description);
        device.Set("id", draft.Devices.Objects.Count).Set("management", management);
        Mirror(conversion, device, properties, management);
        device.Set("cluster-links", new Value.List(Links(properties.Take("unicast-address"), management)));
        if (properties.Word("ha-capacity") is { } capacity and not "0") device.Set("ha-capacity", capacity, isOptional: true);
        if (draft.Self.Length == 0 || properties.Word("self-device") == "true") draft.Self = device.Name;

        properties.Ignore("self-device");
        properties.LeaveOut("the configuration is the same file on every device: there is no address for its synchronisation", "configsync-ip");
        properties.LeaveOut("cluster links are unicast", "multicast-interface", "multicast-ip", "multicast-port");
        properties.LeaveOutTheRest();
    }

    private static void Mirror(Conversion conversion, DraftObject device, Properties properties, string management)
    {
        var mirror = Address(properties.Word("mirror-ip"));
        if (mirror is null) conversion.Report.Assume($"devices.{device.Name}.mirror", "the device has no mirror-ip: its management address stands there");
        device.Set("mirror", mirror ?? management);
        var item = properties.Take("mirror-secondary-ip");
        if (Address(item?.Value) is { } secondary) device.Set("mirror-secondary", secondary, item, isOptional: true);
    }

    private static ImmutableArray<string> Links(Item? unicast, string management)
    {
        ImmutableArray<string> links =
        [
            .. (unicast?.Entries ?? []).Select(e => (e["ip"] ?? e["effective-ip"])?.Value is { } ip ? ip == "management-ip" ? management : Address(ip) : null).OfType<string>().Distinct(),
        ];
        return links.IsEmpty ? [management] : links;
    }

    private static string? Address(string? text) =>
        text is not (null or "any" or "any6") && Domain.Addresses.Address.TryParse(TmshEndpoint.Prefix(text).Text, out var address) ? address.ToString() : null;
}
