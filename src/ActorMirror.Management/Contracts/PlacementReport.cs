using System.Collections.Immutable;

namespace ActorMirror.Management.Contracts;

/// <summary>Why a traffic group is where it is. Made of what all devices know alike; the sentences are for people.</summary>
/// <param name="Method">ha-order, load-aware or ha-group.</param>
/// <param name="Devices">Those of its HA order, in that order.</param>
/// <param name="Changes">What would move it, and what keeps it.</param>
public sealed record PlacementReport(
    string Method, string WhyActive, string WhyNextActive, ImmutableArray<PlacementDevice> Devices, ImmutableArray<string> Changes);

/// <param name="Verdict">What it is for the group, or why it is nothing.</param>
/// <param name="Score">Of the group's HA group, as it counts; null with other methods, and while none does.</param>
/// <param name="ToldScore">The same as the device told it last.</param>
/// <param name="LoadFactors">Sum of the load factors of all groups it is active or next-active for.</param>
/// <param name="HaCapacity">What they are divided by.</param>
public sealed record PlacementDevice(string Name, string Verdict, int? Score, int? ToldScore, int LoadFactors, int HaCapacity);
