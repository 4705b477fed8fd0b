namespace ActorMirror.Domain.TrafficGroups;

/// <summary>By what the next-active device of a traffic group is chosen among those that are fit.</summary>
public enum FailoverMethod : byte
{
    /// <summary>The first of the HA order.</summary>
    HaOrder = 0,

    /// <summary>The one with the lowest load, see <see cref="DeviceLoad"/>.</summary>
    LoadAware = 1,

    /// <summary>The one with the highest score of the HA group; a group also moves where that is higher than the active's with its bonus.</summary>
    HaGroup = 2,
}

/// <summary>How a traffic group is placed; part of the replicated state, so that every device places it alike.</summary>
public sealed record FailoverPolicy
{
    public const int MostLoadFactor = 1000;

    public static readonly FailoverPolicy Default = new();

    public FailoverMethod Method { get; init; }

    /// <summary>What the group weighs on its active and on its next-active device, 1 to <see cref="MostLoadFactor"/>; of every method.</summary>
    public int LoadFactor { get; init; } = 1;

    /// <summary>Among equals the device that holds the copy stays next-active; with <see cref="FailoverMethod.HaOrder"/> whatever the order.</summary>
    public bool PreferWarm { get; init; } = true;

    /// <summary>
    /// So long must a device that stands before the active in the HA order be fit again before the group goes back to it; null: it does not. Only with
    /// <see cref="FailoverMethod.HaOrder"/>.
    /// </summary>
    public TimeSpan? Failback { get; init; }

    /// <summary>Name of the HA group whose scores count; empty with the other methods.</summary>
    public string HaGroup { get; init; } = "";

    /// <summary>Added to the score of the active: by no more than this another one's is not higher.</summary>
    public int ActiveBonus { get; init; }
}
