using System.Collections.Frozen;
using System.Globalization;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary>
/// <c>ltm profile</c>: which type a name is of, and the idle-timeout of the transport profiles (fastl4, tcp, udp), along the chain of
/// defaults-from. Nothing else of a profile is carried over.
/// </summary>
internal static class Profiles
{
    private static readonly FrozenDictionary<string, string> BuiltIn = new Dictionary<string, string>
    {
        ["fastL4"] = "fastl4",
        ["apm-forwarding-fastL4"] = "fastl4",
        ["full-acceleration"] = "fastl4",
        ["security-fastL4"] = "fastl4",
        ["clientssl"] = "client-ssl",
        ["serverssl"] = "server-ssl",
        ["httpcompression"] = "http-compression",
        ["http-explicit"] = "http",
        ["http-transparent"] = "http",
        ["oneconnect"] = "one-connect",
        ["optimized-acceleration"] = "web-acceleration",
        ["optimized-caching"] = "web-acceleration",
        ["webacceleration"] = "web-acceleration",
        ["radiusLB"] = "radius",
        ["splitsession-default-tcp"] = "tcp",
        ["udp_decrement_ttl"] = "udp",
        ["udp_gtm_dns"] = "udp",
        ["wom-tcp-lan-optimized"] = "tcp",
        ["wom-tcp-wan-optimized"] = "tcp",
        ["mptcp-mobile-optimized"] = "tcp",
        ["apm-forwarding-client-tcp"] = "tcp",
        ["apm-forwarding-server-tcp"] = "tcp",
    }.ToFrozenDictionary();

    public static bool IsTransport(string type) => type is "fastl4" or "tcp" or "udp";

    /// <summary>The type of a profile: of the file's own, else of the one that every BIG-IP has under that name.</summary>
    public static string TypeOf(Conversion conversion, string name)
    {
        if (conversion.Profile(name) is { } stanza) return stanza.Kind["ltm profile ".Length..];
        var last = Paths.Last(name);
        if (BuiltIn.TryGetValue(last, out var type)) return type;
        return last.Contains("clientssl", StringComparison.Ordinal) ? "client-ssl"
            : last.Contains("serverssl", StringComparison.Ordinal) ? "server-ssl"
            : last.StartsWith("tcp-", StringComparison.Ordinal) || last.StartsWith("f5-tcp-", StringComparison.Ordinal) ? "tcp"
            : last;
    }

    /// <summary>Seconds, or the word that is written instead; BIG-IP's default where no file says it.</summary>
    public static string IdleTimeout(Conversion conversion, string name, string type)
    {
        var current = conversion.Profile(name);
        for (var depth = 0; depth < 16 && current is not null; depth++)
        {
            if (current.Items.FirstOrDefault(i => i.Key == "idle-timeout") is { Value.Length: > 0 } item) return item.Value;
            current = current.Items.FirstOrDefault(i => i.Key == "defaults-from") is { } parent ? conversion.Profile(parent.Value) : null;
        }

        return type == "udp" ? "60" : "300";
    }

    public static void Read(Conversion conversion, Stanza stanza)
    {
        var properties = conversion.Open(stanza);
        properties.Ignore("defaults-from", "description", "idle-timeout");
        if (!properties.HasMore) return;
        properties.LeaveOutAll(
            "of a transport profile the idle-timeout is carried over, into the virtual servers that use it: the kernel forwards, and has settings of its own");
    }

    /// <summary>A number of seconds that an idle-timeout may have here, 1 s to 5 days.</summary>
    public static string? Seconds(string idleTimeout) =>
        int.TryParse(idleTimeout, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 5 * 86400 ? $"{seconds}s" : null;
}
