using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Devices;

/// <summary>The number of a device in its group, 1 to 32: corosync's node id, stable for the device's life.</summary>
public readonly record struct DeviceId(int Value) : IComparable<DeviceId>
{
    public const int Maximum = 32;

    public int CompareTo(DeviceId other) => Value.CompareTo(other.Value);

    public static bool operator <(DeviceId left, DeviceId right) => left.Value < right.Value;

    public static bool operator >(DeviceId left, DeviceId right) => left.Value > right.Value;

    public static bool operator <=(DeviceId left, DeviceId right) => left.Value <= right.Value;

    public static bool operator >=(DeviceId left, DeviceId right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString();
}

/// <summary>A member of the device group, as every device's configuration describes it.</summary>
/// <param name="Mirror">The mirror self IP: where the next-active's mirror channels listen and from where the active connects.</param>
/// <param name="MirrorSecondary">Takes the mirror channels over when the path between the first ones is cut; every device has one, or none has.</param>
/// <param name="ClusterLinks">One address per corosync link, in link order; every device has the same number of links.</param>
public sealed record Device(DeviceId Id, string Name, Address Management, Address Mirror, ImmutableArray<Address> ClusterLinks, Address? MirrorSecondary = null)
{
    /// <summary>What it can carry, to compare with others: see <see cref="DeviceLoad"/>.</summary>
    public int HaCapacity { get; init; } = DeviceLoad.DefaultCapacity;
}
