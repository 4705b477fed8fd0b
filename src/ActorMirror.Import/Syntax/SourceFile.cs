namespace ActorMirror.Import.Syntax;

/// <summary>A text to be imported.</summary>
/// <param name="Name">As it is named in reports.</param>
public sealed record SourceFile(string Name, string Text);

/// <summary>Where something was written.</summary>
/// <param name="Line">From 1.</param>
internal readonly record struct Place(string File, int Line);
