using System.Collections.Immutable;
using ActorMirror.Actors.Alarms;
using ActorMirror.Actors.Leases;
using ActorMirror.DataPlane.Host;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Kernel.Announcements;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>
/// Hears other stations claim the floating addresses that are active here, says so and answers with the own announcement. From the moment a planned handover
/// is released the addresses are the other device's, and for a moment after a promotion the old owner may still speak.
/// </summary>
internal sealed class ConflictWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // The old owner of a planned handover forwards until the new one is up, for 250 ms at most and as much longer as its timers are late.
    private static readonly TimeSpan Succession = TimeSpan.FromMilliseconds(500);

    private readonly DeviceRuntime runtime;
    private readonly LeaseKeeper lease;
    private readonly AlarmBook alarms;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly long started;
    private readonly ImmutableDictionary<Address, string> groupOf;
    private readonly Dictionary<Address, ForeignClaims> episodes = [];
    private readonly Lock guard = new();
    private readonly ImmutableArray<ArpWatcher> watchers;
    private readonly ITimer timer;

    public ConflictWatch(
        DeviceGroupModel model, DataPlaneHost host, DeviceRuntime runtime, LeaseKeeper lease, AlarmBook alarms, TimeProvider time, ILogger log)
    {
        (this.runtime, this.lease, this.alarms, this.time, this.log) = (runtime, lease, alarms, time, log);
        started = time.GetTimestamp();
        var virtuals = model.VirtualAddresses.Select(v => (v.Address, v.TrafficGroup, v.Vlan.Interface));
        var selves = model.SelfIps.Where(s => s.IsFloating).Select(s => (s.Address.Address, TrafficGroup: s.TrafficGroup!, s.Vlan.Interface));
        var floating = virtuals.Concat(selves).Where(f => f.Address.IsV4).ToList();
        groupOf = floating.ToImmutableDictionary(f => f.Address, f => f.TrafficGroup);
        watchers = [.. floating.Select(f => f.Interface).Distinct().Select(name => TryWatch(host, name)).OfType<ArpWatcher>()];
        timer = time.CreateTimer(_ => EndEpisodes(), null, Interval, Interval);
    }

    public void Dispose()
    {
        timer.Dispose();
        foreach (var watcher in watchers) watcher.Dispose();
    }

    private ArpWatcher? TryWatch(DataPlaneHost host, string name)
    {
        try
        {
            return ArpWatcher.Start(
                host.Thread, name, address => IsOurs(new Address(address)), Claimed, failure => log.LogError(failure, "Watching for foreign claims on {Interface}", name));
        }
        catch (Exception failure)
        {
            log.LogError(failure, "Foreign claims on {Interface} are not watched for", name);
            return null;
        }
    }

    private bool IsOurs(Address address) =>
        groupOf.TryGetValue(address, out var name) && runtime.Runtimes.TryGetValue(name, out var group)
        && group.Shown is { Control.Phase: GroupPhase.Active or GroupPhase.Draining, Promotion: { } promotion }
        && time.GetElapsedTime(promotion.At) > Succession
        && lease.Remaining > TimeSpan.Zero;

    /// <summary>On a watcher's thread, for each frame: a storm of them is one answer a second.</summary>
    private void Claimed(ArpClaim claim)
    {
        var address = new Address(claim.Address);
        lock (guard)
        {
            if (!episodes.TryGetValue(address, out var episode)) episodes[address] = episode = new ForeignClaims();
            if (!episode.Hear(time.GetElapsedTime(started))) return;
            var mac = Convert.ToHexStringLower(claim.HardwareAddress.GetAddressBytes()).Chunk(2).Select(pair => new string(pair));
            alarms.Raise(
                AlarmKind.AddressConflict, address.ToString(),
                $"{string.Join(':', mac)} on {claim.InterfaceName} claims it too, while traffic group {groupOf[address]} is active here");
        }

        if (runtime.Services?.Floating.FirstOrDefault(f => f.Address == address) is { } ours) runtime.Announce(ours);
    }

    private void EndEpisodes()
    {
        lock (guard)
        {
            foreach (var address in episodes.Where(e => e.Value.IsOver(time.GetElapsedTime(started))).Select(e => e.Key).ToList())
            {
                episodes.Remove(address);
                alarms.Clear(AlarmKind.AddressConflict, address.ToString());
            }
        }
    }
}
