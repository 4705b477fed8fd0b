using System.Collections.Immutable;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Reports;

/// <summary>Collects what an import has to say.</summary>
internal sealed class Report
{
    private readonly List<LeftOut> _leftOut = [];
    private readonly List<Assumption> _assumed = [];
    private readonly HashSet<string> _assumedPaths = [];

    public void LeaveOut(Place place, string title, string property, string reason) =>
        _leftOut.Add(new LeftOut(place.File, place.Line, title, property, reason));

    public void Assume(string path, string reason)
    {
        if (_assumedPaths.Add(path)) _assumed.Add(new Assumption(path, reason));
    }

    /// <param name="files">In the order in which they were given.</param>
    public ImportResult Result(string hocon, IEnumerable<CarriedOver> carried, ImmutableArray<string> files) => new(
        hocon,
        [.. carried.OrderBy(c => files.IndexOf(c.File)).ThenBy(c => c.Line)],
        [.. _leftOut.Distinct().OrderBy(l => files.IndexOf(l.File)).ThenBy(l => l.Line)],
        [.. _assumed]);
}
