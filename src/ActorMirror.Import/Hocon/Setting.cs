using System.Collections.Immutable;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Hocon;

/// <summary>The value of a setting: <see cref="Text"/>, <see cref="List"/> or <see cref="Rows"/>.</summary>
internal abstract record Value
{
    private Value()
    {
    }

    /// <summary>A text, number, duration or switch.</summary>
    public sealed record Text(string Content) : Value;

    /// <summary>A list of texts.</summary>
    public sealed record List(ImmutableArray<string> Items) : Value;

    /// <summary>A list of objects on one line each.</summary>
    public sealed record Rows(ImmutableArray<Row> Items) : Value;

    public static implicit operator Value(string text) => new Text(text);

    public static implicit operator Value(bool isOn) => new Text(isOn ? "on" : "off");

    public static implicit operator Value(int number) => new Text(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

/// <param name="Title">The thing as written, for reports.</param>
internal sealed record Row(Place Place, string Title, ImmutableArray<Setting> Settings);

/// <param name="Place">Where it was written.</param>
/// <param name="IsOptional">Without it the object is still worth having.</param>
/// <param name="Property">Its name as written, for reports.</param>
internal sealed record Setting(string Key, Value Value, Place Place = default, bool IsOptional = false, string Property = "");
