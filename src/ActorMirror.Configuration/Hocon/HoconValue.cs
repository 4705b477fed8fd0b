using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ActorMirror.Configuration.Hocon;

/// <summary>A resolved value: no substitutions are left. Every value knows where it was written.</summary>
public abstract class HoconValue(SourcePosition position, int depth)
{
    public SourcePosition Position { get; } = position;

    /// <summary>1 for a scalar, 1 more than the deepest child for the others.</summary>
    internal int Depth { get; } = depth;

    /// <summary>The value as JSON on one line (RFC 8259).</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    internal abstract void Write(StringBuilder text);

    internal static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\t' => text.Append("\\t"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}

public enum ScalarKind
{
    Text,
    Number,
    Boolean,
    Null,

    /// <summary>A value that could not be read; its problem is already reported.</summary>
    Invalid,
}

/// <param name="text">The text as written in the file, without quotes: <c>1e5</c> stays <c>1e5</c>.</param>
public sealed class HoconScalar(SourcePosition position, ScalarKind kind, string text) : HoconValue(position, 1)
{
    public ScalarKind Kind { get; } = kind;

    public string Text { get; } = text;

    internal override void Write(StringBuilder text)
    {
        if (Kind == ScalarKind.Text) WriteString(text, Text);
        else text.Append(Text);
    }
}

public sealed class HoconArray(SourcePosition position, ImmutableArray<HoconValue> items)
    : HoconValue(position, 1 + items.Select(i => i.Depth).DefaultIfEmpty().Max())
{
    public ImmutableArray<HoconValue> Items { get; } = items;

    internal override void Write(StringBuilder text)
    {
        text.Append('[');
        for (var i = 0; i < Items.Length; i++)
        {
            if (i > 0) text.Append(',');
            Items[i].Write(text);
        }

        text.Append(']');
    }
}

/// <param name="KeyPosition">Where the key was written last.</param>
public sealed record HoconField(string Key, SourcePosition KeyPosition, HoconValue Value);

/// <summary>An object; its fields keep the order in which their keys were first written.</summary>
public sealed class HoconObject : HoconValue
{
    private readonly Dictionary<string, HoconField> _byKey;

    public HoconObject(SourcePosition position, ImmutableArray<HoconField> fields)
        : base(position, 1 + fields.Select(f => f.Value.Depth).DefaultIfEmpty().Max())
    {
        Fields = fields;
        _byKey = fields.ToDictionary(f => f.Key);
    }

    public ImmutableArray<HoconField> Fields { get; }

    public HoconField? this[string key] => _byKey.GetValueOrDefault(key);

    /// <summary>The value at a path, or null.</summary>
    public HoconValue? Find(ReadOnlySpan<string> path)
    {
        HoconValue? value = this;
        foreach (var key in path)
            value = (value as HoconObject)?[key]?.Value;
        return value;
    }

    /// <summary>
    /// The numerically indexed object as an array: values of the keys that are non-negative integers, by number; null when it has
    /// none (HOCON, "Conversion of numerically-indexed objects to arrays").
    /// </summary>
    public HoconArray? ToArray()
    {
        var items = Fields
            .Where(f => f.Key.Length <= 9 && f.Key.Length > 0 && f.Key.All(char.IsAsciiDigit))
            .OrderBy(f => int.Parse(f.Key, CultureInfo.InvariantCulture))
            .Select(f => f.Value)
            .ToImmutableArray();
        return items.IsEmpty ? null : new HoconArray(Position, items);
    }

    internal override void Write(StringBuilder text)
    {
        text.Append('{');
        for (var i = 0; i < Fields.Length; i++)
        {
            if (i > 0) text.Append(',');
            WriteString(text, Fields[i].Key);
            text.Append(':');
            Fields[i].Value.Write(text);
        }

        text.Append('}');
    }
}
