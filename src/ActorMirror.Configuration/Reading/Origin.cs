using System.Collections.Immutable;
using ActorMirror.Configuration.Hocon;

namespace ActorMirror.Configuration.Reading;

/// <summary>Where a setting came from, for problems.</summary>
/// <param name="Path">Dotted, from the root of the document.</param>
/// <param name="Value">As written; empty for objects.</param>
internal sealed record Origin(string Path, SourcePosition Position, string Value)
{
    public Origin WithValue(string value) => this with { Value = value };
}

/// <summary>A setting that was read and is valid in itself. Null instead of it means: not given, or given and already reported.</summary>
internal sealed record Located<T>(T Value, Origin Origin);

/// <summary>A list that was read.</summary>
/// <param name="IsComplete">False when the list is missing, or an element was not valid; both are already reported.</param>
internal sealed record LocatedList<T>(ImmutableArray<Located<T>> Items, Origin Origin, bool IsComplete);

/// <summary>Collects what is wrong with the settings.</summary>
internal sealed class Problems
{
    private readonly List<ConfigurationProblem> _items = [];

    public IReadOnlyList<ConfigurationProblem> Items => _items;

    public void Error(Origin origin, string message, string remedy) => Add(ProblemSeverity.Error, origin, message, remedy);

    public void Warning(Origin origin, string message, string remedy) => Add(ProblemSeverity.Warning, origin, message, remedy);

    private void Add(ProblemSeverity severity, Origin origin, string message, string remedy) =>
        _items.Add(new ConfigurationProblem(severity, origin.Position.File, origin.Position.Line, origin.Path, origin.Value, message, remedy));
}
