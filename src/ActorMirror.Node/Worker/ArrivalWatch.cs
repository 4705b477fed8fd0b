using System.Collections.Immutable;
using System.Globalization;
using ActorMirror.Actors.Alarms;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Host;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.VirtualServers;
using ActorMirror.Kernel.Sysctls;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>
/// Looks once a second whether the virtual addresses of a traffic group that was promoted here have traffic, until they have: announces them again, and raises
/// the alarm. Nothing waits for it, and without such an address it does not ask the kernel.
/// </summary>
internal sealed class ArrivalWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly DeviceRuntime runtime;
    private readonly AlarmBook alarms;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly long started;
    private readonly ArrivalCounters counters;
    private readonly ImmutableDictionary<TransportProtocol, double> idleSeconds;
    private readonly ImmutableArray<(VirtualAddress Address, ArrivalExpectation Expectation)> addresses;
    private readonly Lock looking = new();
    private readonly ITimer timer;

    public ArrivalWatch(DeviceGroupModel model, DataPlaneHost host, DeviceRuntime runtime, AlarmBook alarms, TimeProvider time, ILogger log)
    {
        (this.runtime, this.alarms, this.time, this.log) = (runtime, alarms, time, log);
        started = time.GetTimestamp();
        counters = new ArrivalCounters(host.Thread);

        // In the host's namespace the kernel's timeouts are the host's.
        var sysctls = new SysctlValues(host.Thread);
        idleSeconds = ImmutableDictionary<TransportProtocol, double>.Empty
            .Add(TransportProtocol.Tcp, Seconds("net.netfilter.nf_conntrack_tcp_timeout_established"))
            .Add(TransportProtocol.Udp, Seconds("net.netfilter.nf_conntrack_udp_timeout_stream"));
        addresses = [.. model.VirtualAddresses.Select(a => (a, new ArrivalExpectation()))];
        timer = time.CreateTimer(_ => Look(), null, Interval, Interval);

        double Seconds(string sysctl) => double.Parse(sysctls.Read(sysctl), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (looking) counters.Dispose();
    }

    private void Look()
    {
        try
        {
            lock (looking)
            {
                if (runtime.Services is not { } services) return;
                var now = time.GetElapsedTime(started);
                var packets = new Lazy<IReadOnlyDictionary<Address, long>>(() => counters.Read(services));
                var rates = new Lazy<ILookup<Address, double>>(() => Rates(services).ToLookup(r => r.Address, r => r.Packets));
                foreach (var (address, expectation) in addresses)
                {
                    var promoted = Promoted(address.TrafficGroup);
                    var sight = expectation.Awaits(promoted)
                        ? new ArrivalSight(promoted, rates.Value[address.Address].Sum(), packets.Value.GetValueOrDefault(address.Address))
                        : new ArrivalSight(promoted, 0, 0);
                    Judge(services, address, expectation.Look(sight, now));
                }
            }
        }
        catch (Exception failure)
        {
            log.LogError(failure, "Whether announcements were heard was not looked at; next time in {Interval} s", Interval.TotalSeconds);
        }
    }

    private void Judge(ServiceTable services, VirtualAddress address, ArrivalVerdict verdict)
    {
        if (verdict.Again) runtime.Announce(services.Floating.First(f => f.Address == address.Address));
        alarms.Set(AlarmKind.AnnouncementUnanswered, address.Address.ToString(), verdict.Text);
    }

    private Epoch? Promoted(string trafficGroup) =>
        runtime.Runtimes.TryGetValue(trafficGroup, out var group) && group.Shown is { Control.IsUp: true, Promotion: { } promotion } ? promotion.Epoch : null;

    /// <summary>
    /// How many packets a second connections send at least to an address, or they would have expired. Of a SNAT with one address only: which one of more a
    /// connection has, its mark does not say.
    /// </summary>
    private IEnumerable<(Address Address, double Packets)> Rates(ServiceTable services) =>
    [
        .. services.Services.Select(s => (s.Server.Destination.Address, s.Marks.Sum(m => Open(s.Server, m)) / s.Server.Protocols.Max(p => idleSeconds[p]))),
        .. services.Snats.Where(s => s.Snat.Translations.Length == 1).Select(s => (s.Snat.Translations[0], Open(s.Snat, new FlowMark(s.Bits)) / idleSeconds.Values.Max())),
    ];

    private int Open(Listener listener, FlowMark mark) =>
        runtime.Runtimes.TryGetValue(listener.TrafficGroup, out var group) ? group.Connections.Of(mark).Open : 0;
}
