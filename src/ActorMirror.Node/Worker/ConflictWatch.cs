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
/// is released the addresses are the other device's, and for a moment after a promotion the old owner may still speak; of a move that is decided otherwise
/// (a lost VLAN) the successor may speak first, see <see cref="ForeignClaims"/>.
/// </summary>
internal sealed class ConflictWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // The old owner of a planned handover forwards until the new one is up, for 250 ms at most and as much longer as its timers are late.
    private static readonly TimeSpan Succession = TimeSpan.FromMilliseconds(500);

    private readonly DeviceRuntime runtime;
    private readonly LeaseKeeper lease;
    private readonly AlarmBook alarms;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly long started;
    private readonly ImmutableDictionary<Address, string> groupOf;
    private readonly Dictionary<Address, (ForeignClaims Claims, string Text)> episodes = [];
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
        timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
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
                host.Thread, name, address => EpochOf(new Address(address)) is not null, Claimed, failure => log.LogError(failure, "Watching for foreign claims on {Interface}", name));
        }
        catch (Exception failure)
        {
            log.LogError(failure, "Foreign claims on {Interface} are not watched for", name);
            return null;
        }
    }

    /// <summary>In which this device owns the address now; null: it does not.</summary>
    private Epoch? EpochOf(Address address) =>
        groupOf.TryGetValue(address, out var name) && runtime.Runtimes.TryGetValue(name, out var group)
        && group.Shown is { Control: { Phase: GroupPhase.Active or GroupPhase.Draining, Epoch: var epoch }, Promotion: { } promotion }
        && time.GetElapsedTime(promotion.At) > Succession
        && lease.Remaining > TimeSpan.Zero
            ? epoch
            : null;

    /// <summary>On a watcher's thread, for each frame.</summary>
    private void Claimed(ArpClaim claim)
    {
        var address = new Address(claim.Address);
        var now = time.GetElapsedTime(started);
        lock (guard)
        {
            if (episodes.TryGetValue(address, out var episode)) episode.Claims.Hear(now);
            else if (EpochOf(address) is { } epoch) episodes.Add(address, (new ForeignClaims(epoch, now), TextOf(claim)));
        }
    }

    private string TextOf(ArpClaim claim)
    {
        var mac = Convert.ToHexStringLower(claim.HardwareAddress.GetAddressBytes()).Chunk(2).Select(pair => new string(pair));
        return $"{string.Join(':', mac)} on {claim.InterfaceName} claims it too, while traffic group {groupOf[new Address(claim.Address)]} is active here";
    }

    private void Look()
    {
        try
        {
            lock (guard)
            {
                foreach (var (address, (claims, text)) in episodes.ToList())
                {
                    var verdict = claims.Look(EpochOf(address), time.GetElapsedTime(started));
                    if (verdict.IsOver) episodes.Remove(address);
                    alarms.Set(AlarmKind.AddressConflict, address.ToString(), verdict.IsConflict ? text : null);
                    if (verdict.Answers && runtime.Services?.Floating.FirstOrDefault(f => f.Address == address) is { } ours) runtime.Announce(ours);
                }
            }
        }
        catch (Exception failure)
        {
            log.LogError(failure, "Foreign claims were not looked at; next time in {Interval} ms", Interval.TotalMilliseconds);
        }
    }
}
