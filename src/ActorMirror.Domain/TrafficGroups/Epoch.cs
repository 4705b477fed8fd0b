namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// Which ownership of a traffic group something belongs to: (sequence of the cluster ring, index of the ordered event in that ring),
/// compared as a pair, so that two owners within one ring differ. Everything below the highest epoch seen is refused.
/// </summary>
public readonly record struct Epoch(ulong Ring, ulong Index) : IComparable<Epoch>
{
    public static readonly Epoch None;

    public int CompareTo(Epoch other) => Ring != other.Ring ? Ring.CompareTo(other.Ring) : Index.CompareTo(other.Index);

    public static bool operator <(Epoch left, Epoch right) => left.CompareTo(right) < 0;

    public static bool operator >(Epoch left, Epoch right) => left.CompareTo(right) > 0;

    public static bool operator <=(Epoch left, Epoch right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Epoch left, Epoch right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Ring}.{Index}";
}
