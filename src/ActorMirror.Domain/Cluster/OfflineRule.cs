using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>What an operator decided about a device, and its place in the total order: of two words about one device the later one holds.</summary>
public sealed record OfflineWord(DeviceId Device, bool Offline, Epoch At);

/// <summary>
/// A device that an operator took out serves and mirrors nothing until it is released; it stays a member, and its vote counts. The word is kept in every
/// device's journal and brought along in its hello, so it outlives a restart of one device and of all.
/// </summary>
internal static class OfflineRule
{
    public static ClusterState Set(ClusterState state, DeviceId sender, ClusterCommand.SetOffline command, List<ClusterNotice> notices)
    {
        var device = state.DeviceOrNew(command.Device);
        notices.Add(new ClusterNotice.OfflineSet(sender, command.RequestId, command.Device, command.Offline));
        return device.Offline == command.Offline ? state : state.With(device with { Offline = command.Offline, OfflineAt = state.Position });
    }

    /// <summary>What a device remembers; older words than the state's say nothing.</summary>
    public static ClusterState Remember(ClusterState state, IEnumerable<OfflineWord> words)
    {
        foreach (var word in words)
        {
            var device = state.DeviceOrNew(word.Device);
            if (word.At > device.OfflineAt) state = state.With(device with { Offline = word.Offline, OfflineAt = word.At });
        }

        return state;
    }
}
