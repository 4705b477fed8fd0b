using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary>How a type of monitor is carried over.</summary>
/// <param name="Type">The type here.</param>
/// <param name="Loss">What the type here does not do; null when it does the same.</param>
internal sealed record MonitorMapping(string Type, string? Loss);

/// <summary>
/// <c>ltm monitor TYPE</c>: interval and timeout, along the chain of defaults-from. A monitor of a protocol over TCP becomes one that opens a
/// connection, one over UDP an echo request: what they see is less, and the report says so.
/// </summary>
internal static class Monitors
{
    private const string OpensOnly = "carried over as type tcp, which opens a connection and closes it; what it sends and expects is " + Conversion.NotYet;
    private const string PingsOnly = "carried over as type icmp, which sends echo requests; what it sends and expects is " + Conversion.NotYet;

    private static readonly FrozenDictionary<string, MonitorMapping> Mappings = new Dictionary<string, MonitorMapping>
    {
        ["tcp"] = new("tcp", null),
        ["tcp-half-open"] = new("tcp", "carried over as type tcp, which opens a whole connection and closes it"),
        ["icmp"] = new("icmp", null),
        ["gateway-icmp"] = new("icmp", null),
        ["tcp-echo"] = new("tcp", OpensOnly),
        ["http"] = new("tcp", OpensOnly),
        ["https"] = new("tcp", OpensOnly),
        ["http2"] = new("tcp", OpensOnly),
        ["ftp"] = new("tcp", OpensOnly),
        ["smtp"] = new("tcp", OpensOnly),
        ["imap"] = new("tcp", OpensOnly),
        ["pop3"] = new("tcp", OpensOnly),
        ["nntp"] = new("tcp", OpensOnly),
        ["ldap"] = new("tcp", OpensOnly),
        ["mqtt"] = new("tcp", OpensOnly),
        ["mssql"] = new("tcp", OpensOnly),
        ["mysql"] = new("tcp", OpensOnly),
        ["oracle"] = new("tcp", OpensOnly),
        ["postgresql"] = new("tcp", OpensOnly),
        ["diameter"] = new("tcp", OpensOnly),
        ["udp"] = new("icmp", PingsOnly),
        ["dns"] = new("icmp", PingsOnly),
        ["radius"] = new("icmp", PingsOnly),
        ["radius-accounting"] = new("icmp", PingsOnly),
        ["sip"] = new("icmp", PingsOnly),
        ["snmp-dca"] = new("icmp", PingsOnly),
        ["snmp-dca-base"] = new("icmp", PingsOnly),
    }.ToFrozenDictionary();

    /// <summary>Names of the monitors that every BIG-IP has, where they are not those of their types.</summary>
    private static readonly FrozenDictionary<string, string> BuiltIn = new Dictionary<string, string>
    {
        ["gateway_icmp"] = "gateway-icmp",
        ["tcp_half_open"] = "tcp-half-open",
        ["tcp_echo"] = "tcp-echo",
        ["https_443"] = "https",
        ["http_head_f5"] = "http",
        ["https_head_f5"] = "https",
        ["http2_head_f5"] = "http2",
        ["radius_accounting"] = "radius-accounting",
        ["snmp_dca"] = "snmp-dca",
        ["snmp_dca_base"] = "snmp-dca-base",
    }.ToFrozenDictionary();

    public static ImmutableArray<string> Kinds => [.. Mappings.Keys.Order(StringComparer.Ordinal).Select(t => "ltm monitor " + t)];

    /// <summary>The type of a monitor that no file defines; null when every BIG-IP does not have it either.</summary>
    public static (string Type, MonitorMapping? Mapping)? FindBuiltIn(string name)
    {
        var last = Paths.Last(name);
        var type = BuiltIn.GetValueOrDefault(last, last);
        return Paths.Absolute(name) != "/Common/" + last ? null : Mappings.TryGetValue(type, out var mapping) ? (type, mapping) : type is "inband" or "external" or "none" ? (type, null) : null;
    }

    public static void Read(Conversion conversion, Stanza stanza)
    {
        var mapping = Mappings[stanza.Kind["ltm monitor ".Length..]];
        var properties = conversion.Open(stanza);
        if (properties.Take("reverse") is { Value: "enabled" } reverse)
        {
            properties.LeaveOutAll("it is reverse: a member is up when the probe fails", reverse);
            return;
        }

        // For the types with longer defaults the chain ends at a stanza of the BIG-IP's own, which profile_base.conf may hold.
        var (interval, timeout) = (Inherited(conversion, stanza, "interval") ?? 5, Inherited(conversion, stanza, "timeout") ?? 16);
        conversion.Draft.Monitors.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description)
            .Set("type", mapping.Type)
            .Set("interval", Seconds(interval))
            .Set("timeout", Seconds(timeout));
        if (mapping.Loss is { } loss) properties.LeaveOutPart("type", loss);
        properties.Ignore("defaults-from", "interval", "timeout");
        if (properties.Take("destination") is { Value: not ("" or "*:*" or "*.*" or "*") } alias) properties.LeaveOut(alias, "members are probed at their own addresses and ports");
        if (stanza.Items.Any(i => i is { Key: "adaptive", Value: "enabled" })) properties.LeaveOut(Conversion.NotYet + ": monitors with adaptive time-outs", "adaptive");
        properties.Ignore("adaptive", "adaptive-divergence-type", "adaptive-divergence-value", "adaptive-limit", "adaptive-sampling-timespan");
        if (mapping.Loss is null)
        {
            properties.LeaveOut(Conversion.NotYet + ": what is sent and expected", "send", "recv", "recv-disable");
            properties.LeaveOut("one interval is used, whether the member is up or down", "up-interval");
            properties.LeaveOut("a member is up with its first answer", "time-until-up");
            properties.LeaveOut("members are probed directly", "transparent");
            properties.LeaveOut("probes have no mark of their own", "ip-dscp");
            properties.LeaveOut("state is changed by monitors only", "manual-resume");
            properties.LeaveOutTheRest();
        }
    }

    /// <summary>A number of seconds, along the chain of defaults-from.</summary>
    private static int? Inherited(Conversion conversion, Stanza stanza, string key)
    {
        var current = stanza;
        for (var depth = 0; depth < 16 && current is not null; depth++)
        {
            if (current.Items.FirstOrDefault(i => i.Key == key) is { } item && int.TryParse(item.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return value;
            current = current.Items.FirstOrDefault(i => i.Key == "defaults-from") is { } parent ? conversion.Catalog.Find(stanza.Kind, parent.Value) : null;
        }

        return null;
    }

    private static string Seconds(int value) => value.ToString(CultureInfo.InvariantCulture) + "s";
}
