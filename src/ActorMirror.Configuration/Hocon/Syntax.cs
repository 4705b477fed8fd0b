using System.Collections.Immutable;

namespace ActorMirror.Configuration.Hocon;

/// <summary>The syntax tree of one file: what was written, before includes, merging and substitutions.</summary>
internal abstract record Node(SourcePosition Position);

internal sealed record ObjectNode(SourcePosition Position, ImmutableArray<MemberNode> Members) : Node(Position);

internal sealed record ArrayNode(SourcePosition Position, ImmutableArray<Node> Items) : Node(Position);

/// <param name="Quoted">Quoted text is always a string; <c>5</c> and <c>true</c> without quotes are not.</param>
internal sealed record TextNode(SourcePosition Position, string Text, bool Quoted) : Node(Position);

/// <summary>Whitespace between two parts of a concatenation: kept between simple values, ignored between the others.</summary>
internal sealed record SpaceNode(SourcePosition Position, string Text) : Node(Position);

internal sealed record SubstitutionNode(SourcePosition Position, ImmutableArray<string> Path, bool Optional) : Node(Position);

/// <param name="Parts">At least two, of them none at either end a <see cref="SpaceNode"/>.</param>
internal sealed record ConcatenationNode(SourcePosition Position, ImmutableArray<Node> Parts) : Node(Position);

/// <summary>Stands where a value could not be read; the problem is reported.</summary>
internal sealed record InvalidNode(SourcePosition Position) : Node(Position);

internal abstract record MemberNode(SourcePosition Position);

/// <param name="Append">Written with <c>+=</c>.</param>
internal sealed record FieldNode(SourcePosition Position, ImmutableArray<string> Path, bool Append, Node Value) : MemberNode(Position);

/// <param name="Relative">Found beside the including file; otherwise (<c>file(...)</c>) as the path stands.</param>
internal sealed record IncludeNode(SourcePosition Position, string Name, bool Required, bool Relative) : MemberNode(Position);
