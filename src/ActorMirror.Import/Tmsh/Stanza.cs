using System.Collections.Immutable;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Tmsh;

/// <summary>One object of a tmsh file, <c>ltm pool /Common/web { ... }</c>.</summary>
/// <param name="Kind">The words of its type, e.g. <c>ltm profile fastl4</c>.</param>
/// <param name="Name">As written; empty for a singleton.</param>
/// <param name="Items">Empty for scripts, whose text is not looked into.</param>
/// <param name="Text">As written, to tell copies from contradictions.</param>
internal sealed record Stanza(Place Place, string Kind, string Name, ImmutableArray<Item> Items, ReadOnlyMemory<char> Text)
{
    public string Title => Name.Length == 0 ? Kind : $"{Kind} {Name}";
}

/// <summary>Lines that are no stanza.</summary>
/// <param name="Title">The header of the stanza that could not be read; empty for text that belongs to none.</param>
internal sealed record Unreadable(Place Place, int LastLine, string Title, string Reason);

/// <param name="Steps">Characters looked at, those looked at twice counted twice: the cost of reading, which tests hold against the length.</param>
internal sealed record TmshFile(ImmutableArray<Stanza> Stanzas, ImmutableArray<Unreadable> Unreadable, long Steps);
