using System.Collections.Immutable;

namespace ActorMirror.Import.Syntax;

/// <summary>Words, braces and line ends to nested <see cref="Item"/>s, without recursion: depth costs memory, never the stack.</summary>
/// <param name="splitsLines">Whether <c>{ a b }</c> on one line is a list of two entries (tmsh); otherwise it is one entry of two words (keepalived).</param>
internal sealed class BlockBuilder(string file, bool splitsLines)
{
    /// <summary>Deeper than any configuration; what is below such a depth is not one.</summary>
    public const int MaximumDepth = 64;

    private readonly Stack<Frame> _open = [];
    private List<Item> _entries = [];
    private readonly List<string> _words = [];
    private int _line;

    public int Depth => _open.Count;

    /// <summary>The words of the entry that is being read.</summary>
    public IReadOnlyList<string> Words => _words;

    public void Word(string word, int line)
    {
        if (_words.Count == 0) _line = line;
        _words.Add(word);
    }

    public void Open(int line)
    {
        _open.Push(new Frame(new Place(file, _words.Count == 0 ? line : _line), [.. _words], _entries, line));
        _words.Clear();
        _entries = [];
    }

    /// <exception cref="InvalidOperationException">Nothing is open.</exception>
    public void Close(int line)
    {
        var frame = _open.Pop();
        if (splitsLines && frame.OpenedOn == line && _entries.Count == 0) EachWord();
        else EndOfLine();
        frame.Entries.Add(new Item(frame.Place, frame.Words, [.. _entries]));
        _entries = frame.Entries;
    }

    public void EndOfLine()
    {
        if (_words.Count == 0) return;
        _entries.Add(new Item(new Place(file, _line), [.. _words], default));
        _words.Clear();
    }

    /// <summary>What was read so far outside all blocks, once.</summary>
    public ImmutableArray<Item> TakeEntries()
    {
        ImmutableArray<Item> entries = [.. _entries];
        _entries.Clear();
        return entries;
    }

    private void EachWord()
    {
        foreach (var word in _words) _entries.Add(new Item(new Place(file, _line), [word], default));
        _words.Clear();
    }

    private sealed record Frame(Place Place, ImmutableArray<string> Words, List<Item> Entries, int OpenedOn);
}
