using System.Collections.Immutable;

namespace ActorMirror.Configuration.Hocon;

/// <summary>What was assigned to a key, with includes read and paths expanded, but substitutions still to be resolved.</summary>
internal abstract class Definition(SourcePosition position)
{
    public SourcePosition Position { get; } = position;

    /// <summary>Result of the one evaluation (HOCON wants substitutions memoized by instance); null is "undefined".</summary>
    public HoconValue? Result { get; set; }

    public EvaluationState State { get; set; }
}

internal enum EvaluationState
{
    New,
    InProgress,
    Done,
}

/// <summary>An object. Objects assigned one after the other to one key are one tree from the start.</summary>
internal sealed class TreeDefinition(SourcePosition position) : Definition(position)
{
    private readonly Dictionary<string, Slot> _byKey = [];
    private readonly List<Slot> _slots = [];

    public IReadOnlyList<Slot> Slots => _slots;

    public Slot? Find(string key) => _byKey.GetValueOrDefault(key);

    public Slot Open(string key, SourcePosition position)
    {
        if (!_byKey.TryGetValue(key, out var slot))
        {
            _byKey[key] = slot = new Slot(key);
            _slots.Add(slot);
        }

        slot.KeyPosition = position;
        return slot;
    }
}

/// <summary>A key of an object with everything that was ever assigned to it, oldest first.</summary>
internal sealed class Slot(string key)
{
    private readonly List<Definition> _definitions = [];

    public string Key { get; } = key;

    /// <summary>Where the key was written last.</summary>
    public SourcePosition KeyPosition { get; set; }

    public IReadOnlyList<Definition> Definitions => _definitions;

    public void Add(Definition definition) => _definitions.Add(definition);

    /// <summary>The tree to which members of a further object are added.</summary>
    public TreeDefinition OpenTree(SourcePosition position)
    {
        if (_definitions is [.., TreeDefinition last]) return last;
        var tree = new TreeDefinition(position);
        _definitions.Add(tree);
        return tree;
    }
}

internal sealed class ArrayDefinition(SourcePosition position, ImmutableArray<Definition> items) : Definition(position)
{
    public ImmutableArray<Definition> Items { get; } = items;
}

internal sealed class ScalarDefinition(HoconScalar value) : Definition(value.Position)
{
    public HoconScalar Value { get; } = value;
}

internal sealed class SpaceDefinition(SourcePosition position, string text) : Definition(position)
{
    public string Text { get; } = text;
}

internal sealed class ConcatenationDefinition(SourcePosition position, string owner, ImmutableArray<Definition> parts) : Definition(position)
{
    /// <summary>Path of the field the value belongs to, for messages.</summary>
    public string Owner { get; } = owner;

    public ImmutableArray<Definition> Parts { get; } = parts;
}

/// <param name="fileRoot">Where the file was included; paths are looked up below it first, then from the root.</param>
internal sealed class SubstitutionDefinition(
    SourcePosition position, string owner, ImmutableArray<string> path, bool optional, ImmutableArray<string> fileRoot) : Definition(position)
{
    public string Owner { get; } = owner;

    public ImmutableArray<string> Path { get; } = path;

    public bool Optional { get; } = optional;

    public ImmutableArray<string> FileRoot { get; } = fileRoot;
}

/// <summary>The value a key had before: the left side of <c>+=</c>.</summary>
internal sealed class PreviousDefinition(SourcePosition position, Slot slot, int count) : Definition(position)
{
    public Slot Slot { get; } = slot;

    public int Count { get; } = count;
}
