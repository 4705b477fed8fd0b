using System.Globalization;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// The load of a device: the sum of the load factors of the groups it is active for and of those it is next-active for, by its HA capacity. Compared
/// exactly, without rounding.
/// </summary>
public readonly record struct DeviceLoad(int Factors, int Capacity) : IComparable<DeviceLoad>
{
    public const int MostCapacity = 100_000;
    public const int DefaultCapacity = 10;

    public int CompareTo(DeviceLoad other) => ((long)Factors * other.Capacity).CompareTo((long)other.Factors * Capacity);

    public override string ToString() => (Capacity == 0 ? 0 : (double)Factors / Capacity).ToString("0.###", CultureInfo.InvariantCulture);

    /// <param name="except">Left out: a group that is being placed.</param>
    public static DeviceLoad Of(ClusterState state, DeviceId device, string? except = null) => new(
        state.Groups.Values.Where(g => g.Name != except && (g.Active == device || g.NextActive == device)).Sum(g => g.Policy.LoadFactor),
        state.Devices.GetValueOrDefault(device)?.HaCapacity ?? DefaultCapacity);

    public static bool operator <(DeviceLoad left, DeviceLoad right) => left.CompareTo(right) < 0;

    public static bool operator >(DeviceLoad left, DeviceLoad right) => left.CompareTo(right) > 0;

    public static bool operator <=(DeviceLoad left, DeviceLoad right) => left.CompareTo(right) <= 0;

    public static bool operator >=(DeviceLoad left, DeviceLoad right) => left.CompareTo(right) >= 0;
}
