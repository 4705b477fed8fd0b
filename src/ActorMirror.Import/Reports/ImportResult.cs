using System.Collections.Immutable;

namespace ActorMirror.Import.Reports;

/// <summary>An object that stands in the configuration now.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Object">Its kind and name as written.</param>
/// <param name="Path">Where it stands, e.g. <c>pools.web</c>.</param>
public sealed record CarriedOver(string File, int Line, string Object, string Path);

/// <summary>Something that does not.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Object">Kind and name of the object as written; empty for text that belongs to none.</param>
/// <param name="Property">What of it; empty: all of it.</param>
/// <param name="Reason">Why, and what stands instead if something does.</param>
public sealed record LeftOut(string File, int Line, string Object, string Property, string Reason);

/// <summary>Something that the configuration needs and the files do not say.</summary>
public sealed record Assumption(string Path, string Reason);

/// <param name="Hocon">A configuration without errors, however little of the files could be carried over.</param>
/// <param name="CarriedOver">By file and line.</param>
/// <param name="LeftOut">By file and line; nothing else is missing.</param>
/// <param name="Assumed">To be checked by hand.</param>
public sealed record ImportResult(
    string Hocon, ImmutableArray<CarriedOver> CarriedOver, ImmutableArray<LeftOut> LeftOut, ImmutableArray<Assumption> Assumed)
{
    /// <summary>Whether the configuration says all that the files say, and nothing else.</summary>
    public bool IsComplete => LeftOut.IsEmpty && Assumed.IsEmpty;
}
