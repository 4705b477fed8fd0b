using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Configuration.Validation;

/// <summary>What is worth mirroring, and what mirroring can promise.</summary>
internal static class MirrorRules
{
    // Requests that are asked again when they fail: DNS, HTTP, NTP, HTTPS, and HTTP's usual other ports.
    private static readonly HashSet<ushort> s_shortLived = [53, 80, 123, 443, 8080, 8443];

    public static void Check(GroupConfig config, Problems problems)
    {
        foreach (var server in config.VirtualServers)
        {
            if (server.WaitsForMirror is { Value: true } guarantee)
            {
                problems.Error(
                    guarantee.Origin, "the kernel forwards packets of fast-l4 and forwarding virtual servers itself: none can wait for the mirror",
                    "leave mirror-guarantee out: a connection is protected once its mirror has acknowledged it, usually milliseconds after its handshake, and is shown as exposed until then");
            }

            if (server is { Profile: { Value: VirtualServerProfile.Ftp } profile, Mirror.Value.IsOn: true } && config.Mirroring?.Channels is { Value: > 1 } channels)
            {
                problems.Error(
                    profile.Origin, $"an FTP data connection is mirrored behind its control connection, over one channel, and traffic groups have {channels.Value}",
                    "set mirroring.channels-per-traffic-group = 1, or mirror = off for this virtual server");
            }

            if (server.Mirror is { Value: { IsOn: true, Waits: null } } mirror && ShortLived(server) is { } what)
            {
                problems.Warning(
                    mirror.Origin, $"{what} is short-lived: mirroring each connection costs more than asking again, which clients do by themselves",
                    "choose what lives longer, mirror = { after-age = 30s, after-bytes = 1 MiB }, or mirror = off; mirror where losing the session hurts");
            }
        }
    }

    private static string? ShortLived(VirtualServerConfig server) => server switch
    {
        { Protocol.Value: TransportProtocol.Udp } => "UDP",
        { Destination.Value: { IsAnyPort: false, Port: var port } } when s_shortLived.Contains(port) => $"what goes to port {port}",
        _ => null,
    };
}
