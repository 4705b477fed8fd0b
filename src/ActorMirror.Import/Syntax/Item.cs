using System.Collections.Immutable;

namespace ActorMirror.Import.Syntax;

/// <summary>
/// One entry of a block: words, a block of its own, or both. <c>monitor min 1 of { /Common/a /Common/b }</c> is four words and a block
/// of two entries; <c>{ ip 10.0.0.1 }</c> is a block without words.
/// </summary>
internal sealed class Item(Place place, ImmutableArray<string> words, ImmutableArray<Item> block)
{
    public Place Place { get; } = place;

    /// <summary>Without quotes and escapes.</summary>
    public ImmutableArray<string> Words { get; } = words;

    /// <summary>Default when there is no block.</summary>
    public ImmutableArray<Item> Block { get; } = block;

    public string Key => Words is [var first, ..] ? first : "";

    /// <summary>All words after the first.</summary>
    public string Value => Words.Length switch
    {
        0 or 1 => "",
        2 => Words[1],
        _ => string.Join(' ', Words.Skip(1)),
    };

    /// <summary>The entries of the block; none when there is no block.</summary>
    public ImmutableArray<Item> Entries => Block.IsDefault ? [] : Block;

    /// <summary>The first words of the entries.</summary>
    public IEnumerable<string> Names => Entries.Where(e => e.Words.Length > 0).Select(e => e.Key);

    /// <summary>The first entry of that name.</summary>
    public Item? this[string key] => Entries.FirstOrDefault(e => e.Key == key);
}
