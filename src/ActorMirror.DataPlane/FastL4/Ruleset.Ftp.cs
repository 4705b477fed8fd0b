using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// FTP: the kernel's helper reads the text of control connections, writes the translated addresses into it and expects the data connections it announces. These
/// need no rule: they inherit the translation and the mark of their control connection, and with the mark virtual server, member and gate.
/// </summary>
public static partial class Ruleset
{
    /// <summary>
    /// A data connection's creation is an event too: it is then that the kernel tells whose it is, and that the control connection's sequence numbers have been
    /// moved for certain. A packet of an ICMP error is related as well, but not of TCP.
    /// </summary>
    private const string FtpData = "ct state related meta l4proto tcp ct event set related,assured,destroy";

    private static bool HasFtp(Family family, ServiceTable services) => services.Services.Any(s => s.Has(family) && s.Server.Profile == VirtualServerProfile.Ftp);

    private static string FtpHelper(Family family) => $"ct helper ftp {{ type \"ftp\" protocol tcp; l3proto {family.Name}; }}";

    /// <summary>Before the translation, which makes room for moved sequence numbers only where it finds a helper (nf_nat_setup_info).</summary>
    private static string Helper(Service service) => service.Server.Profile == VirtualServerProfile.Ftp ? "ct helper set \"ftp\"\n" : "";
}
