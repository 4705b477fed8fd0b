using System.Collections.Immutable;
using System.Net.NetworkInformation;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Doctor;

/// <summary>Whether the other devices' addresses answer a ping from this one. All at once: a device that is off costs one patience.</summary>
internal sealed class PeerChecks(DeviceGroupModel model)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>One ping may be lost on a network that works.</summary>
    private const int Tries = 2;

    public async Task<ImmutableArray<Finding>> RunAsync(CancellationToken cancellation)
    {
        var asked =
            from device in model.Devices
            where device.Id != model.Self.Id
            from address in AddressesOf(device).GroupBy(a => a.Address)
            select FindAsync(device.Name, string.Join(", ", address.Select(a => a.What)), address.Key, cancellation);
        return [.. await Task.WhenAll(asked)];
    }

    private static IEnumerable<(Address Address, string What)> AddressesOf(Device device) =>
    [
        .. device.ClusterLinks.Select((link, number) => (link, $"cluster link {number}")),
        (device.Mirror, "mirror"),
        .. device.MirrorSecondary is { } secondary ? ((Address, string)[])[(secondary, "mirror-secondary")] : [],
        (device.Management, "management"),
    ];

    private static async Task<Finding> FindAsync(string device, string what, Address address, CancellationToken cancellation)
    {
        var name = $"{device}: {what}";
        try
        {
            for (var tried = 0; tried < Tries; tried++)
            {
                using var ping = new Ping();
                var reply = await ping.SendPingAsync(address.ToIPAddress(), Patience, cancellationToken: cancellation);
                if (reply.Status == IPStatus.Success) return new Finding("peers", name, Verdict.Fine, $"{address} answers within {Math.Max(1, reply.RoundtripTime)} ms");
            }

            return new Finding("peers", name, Verdict.Trouble, $"{address} does not answer pings", $"see that {device} is on, its addresses, cables and switch ports, and that no firewall lies between");
        }
        catch (PingException failure)
        {
            return new Finding(
                "peers", name, Verdict.Trouble, $"{address} cannot be asked: {failure.InnerException?.Message ?? failure.Message}", "see this host's routes and interfaces for that network");
        }
    }
}
