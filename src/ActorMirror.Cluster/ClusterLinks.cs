using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster;

/// <summary>A cluster link to another device, as this device's engine sees it.</summary>
/// <param name="Number">From 0; both addresses are those of this number in the configuration.</param>
/// <param name="IsConnected">Whether the other end answers; null before the first reading.</param>
/// <param name="Downs">How often it went down since the engine's daemon started.</param>
/// <param name="Since">
/// Timestamp of the reading that found it so after a change; of the first reading when there was no change since. One that went and came
/// between two readings has changed too.
/// </param>
public sealed record ClusterLink(DeviceId Device, int Number, Address Local, Address Remote, bool? IsConnected, uint Downs, long Since)
{
    public ClusterLink Read(bool isConnected, uint downs, long at) =>
        isConnected == IsConnected && downs == Downs ? this : this with { IsConnected = isConnected, Downs = downs, Since = at };
}

/// <summary>Every cluster link of this device at one reading. Replaced whole: to be read from any thread.</summary>
/// <param name="ReadAt">Timestamp of the begin of the reading; null before the first.</param>
public sealed record ClusterLinks(ImmutableArray<ClusterLink> All, long? ReadAt)
{
    /// <summary>A reading comes every second; with three of them missing nobody knows how the links are.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    /// <summary>Of an engine without links.</summary>
    public static readonly ClusterLinks None = new([], null);

    /// <summary>Nothing is read yet.</summary>
    public static ClusterLinks Of(DeviceGroupModel model) => new(
        [
            .. model.Devices.Where(device => device.Id != model.Self.Id).SelectMany(device => device.ClusterLinks.Select((remote, number) =>
                new ClusterLink(device.Id, number, model.Self.ClusterLinks[number], remote, IsConnected: null, Downs: 0, Since: 0))),
        ],
        ReadAt: null);

    public TimeSpan? Age(TimeProvider time) => ReadAt is { } at ? time.GetElapsedTime(at) : null;

    public bool IsKnown(TimeProvider time) => Age(time) < Fresh;
}
