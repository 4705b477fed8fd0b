namespace ActorMirror.Domain.Connections;

/// <summary>
/// Compares flows by value with a hash that is seeded per process: clients choose their addresses and ports, and must not be able
/// to choose keys that collide.
/// </summary>
public sealed class FlowKeyComparer : IEqualityComparer<FlowKey>
{
    public static readonly FlowKeyComparer Instance = new();

    public bool Equals(FlowKey x, FlowKey y) =>
        x.Source.Port == y.Source.Port && x.Source.Address.Value == y.Source.Address.Value &&
        x.Destination.Port == y.Destination.Port && x.Destination.Address.Value == y.Destination.Address.Value && x.Protocol == y.Protocol;

    public int GetHashCode(FlowKey obj) => HashCode.Combine(
        obj.Source.Address.Value,
        obj.Destination.Address.Value,
        ((ulong)obj.Protocol << 32) | ((uint)obj.Source.Port << 16) | obj.Destination.Port);
}
