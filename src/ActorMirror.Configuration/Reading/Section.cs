using System.Collections.Immutable;
using ActorMirror.Configuration.Hocon;

namespace ActorMirror.Configuration.Reading;

/// <summary>A key that a reader knows: its path with <c>*</c> for names and <c>[]</c> for list elements, and what it must be.</summary>
internal readonly record struct KnownKey(string Path, string Expected);

/// <summary>
/// One object of the configuration beside its counterpart in reference.conf, which supplies defaults. Reading a key makes it
/// known; <see cref="ReportUnknownKeys"/> names the others. Bad values are reported and replaced by the default, so that one
/// mistake makes one problem.
/// </summary>
internal sealed class Section
{
    private readonly HoconObject? _given;
    private readonly HoconObject? _reference;
    private readonly string _pattern;
    private readonly Problems _problems;
    private readonly List<KnownKey> _schema;
    private readonly HashSet<string> _known = [];
    private readonly List<Section> _children = [];

    private Section(string name, Origin origin, HoconObject? given, HoconObject? reference, string pattern, Problems problems, List<KnownKey> schema)
    {
        Name = name;
        Origin = origin;
        _given = given;
        _reference = reference;
        _pattern = pattern;
        _problems = problems;
        _schema = schema;
    }

    /// <summary>The last element of its path.</summary>
    public string Name { get; }

    public Origin Origin { get; }

    /// <param name="schema">Receives the keys that are read.</param>
    public static Section Root(HoconObject given, HoconObject reference, Problems problems, List<KnownKey> schema) =>
        new("", new Origin("", given.Position, ""), given, reference, "", problems, schema);

    /// <summary>A setting that must be given unless reference.conf has a default.</summary>
    public Located<T>? Required<T>(string key, Kind<T> kind) => Read(key, kind, isRequired: true);

    /// <summary>A setting that may be left out.</summary>
    public Located<T>? Optional<T>(string key, Kind<T> kind) => Read(key, kind, isRequired: false);

    /// <summary>A setting with a default that is a scalar, or an object whose keys the words of its kind tell.</summary>
    public Located<T>? Either<T>(string key, Kind<T> kind, Func<Section, T> ofObject)
    {
        if (_given?[key]?.Value is not HoconObject { Fields.IsEmpty: false } given) return Read(key, kind, isRequired: true);
        Know(key, kind.Expected);
        var section = new Section(key, OriginOf(key), given, null, Pattern(key), _problems, []);
        _children.Add(section);
        return new Located<T>(ofObject(section), OriginOf(key).WithValue("{...}"));
    }

    /// <summary>A list of scalars.</summary>
    public LocatedList<T> List<T>(string key, Kind<T> kind, bool isRequired)
    {
        var given = Items(key, $"a list; each element is {kind.Expected}", isRequired);
        ImmutableArray<Located<T>> valid = [.. (given ?? []).Select(item => Parse(item.Value, item.Origin, kind)).OfType<Located<T>>()];
        var isComplete = given is null ? !isRequired && _given?[key] is null : given.Count == valid.Length && (given.Count > 0 || !isRequired);
        return new LocatedList<T>(valid, OriginOf(key), isComplete);
    }

    /// <summary>A list of objects.</summary>
    public ImmutableArray<Section> Objects(string key)
    {
        var template = (_reference?[key]?.Value as HoconArray)?.Items.FirstOrDefault() as HoconObject;
        var sections = ImmutableArray.CreateBuilder<Section>();
        foreach (var (value, origin) in Items(key, "a list of objects", isRequired: true) ?? [])
        {
            if (value is HoconObject given) sections.Add(Below(key, origin, given, template, $"{Pattern(key)}[]"));
            else Mismatch(value, origin, "an object, { ... }");
        }

        return sections.ToImmutable();
    }

    /// <summary>An object of a fixed name; with nothing but defaults when it is not given.</summary>
    public Section Child(string key, bool isRequired = false) =>
        Below(key, OriginOf(key), Given(key, "an object, { ... }", isRequired), _reference?[key]?.Value as HoconObject, Pattern(key));

    /// <summary>The objects below a key, each under a name of the user's choice; reference.conf shows one named <c>*</c>, and built-in ones.</summary>
    public ImmutableArray<Section> Named(string key, bool isRequired = false)
    {
        var given = Given(key, "an object, { NAME { ... } }", isRequired);
        if (isRequired && given is { Fields.Length: 0 }) _problems.Error(OriginOf(key).WithValue("{}"), "the object is empty", "add an entry, NAME { ... }");
        var reference = _reference?[key]?.Value as HoconObject;
        var template = reference?["*"]?.Value as HoconObject;
        var path = OriginOf(key).Path;
        var sections = ImmutableArray.CreateBuilder<Section>();
        foreach (var builtIn in reference?.Fields ?? [])
        {
            if (builtIn.Key != "*" && given?[builtIn.Key] is null)
                sections.Add(Below(builtIn.Key, new Origin($"{path}.{builtIn.Key}", builtIn.KeyPosition, ""), builtIn.Value as HoconObject, template, $"{Pattern(key)}.*"));
        }

        foreach (var field in given?.Fields ?? [])
        {
            var origin = new Origin($"{path}.{field.Key}", field.KeyPosition, "");
            if (!Kinds.IsName(field.Key)) _problems.Error(origin.WithValue(field.Key), $"'{field.Key}' is not valid: it must be {Kinds.Name.Expected}", "rename it");
            var defaults = reference?[field.Key]?.Value as HoconObject;
            if (field.Value is HoconObject value) sections.Add(Below(field.Key, origin, value, Over(defaults, template), $"{Pattern(key)}.*"));
            else Mismatch(field.Value, origin, "an object, { ... }");
        }

        return sections.ToImmutable();
    }

    /// <summary>Reports every key below this object that nobody read, with the nearest known one.</summary>
    public void ReportUnknownKeys()
    {
        foreach (var field in _given?.Fields ?? [])
        {
            if (_known.Contains(field.Key)) continue;
            var origin = new Origin(Join(Origin.Path, field.Key), field.KeyPosition, field.Key);
            _problems.Error(origin, $"the key '{field.Key}' is not known here", Spelling.Suggest(field.Key, _known, "a key"));
        }

        foreach (var child in _children) child.ReportUnknownKeys();
    }

    private Located<T>? Read<T>(string key, Kind<T> kind, bool isRequired)
    {
        Know(key, kind.Expected);
        var value = _given?[key]?.Value;
        var origin = OriginOf(key);
        if (value is not null and not HoconScalar { Kind: ScalarKind.Null })
        {
            if (Parse(value, origin, kind) is { } located) return located;
            return Default(key, origin, kind);
        }

        var result = Default(key, origin, kind);
        if (result is null && isRequired && _given is not null) Missing(key, kind.Expected);
        return result;
    }

    private Located<T>? Default<T>(string key, Origin origin, Kind<T> kind)
    {
        if (_reference?[key]?.Value is not HoconScalar { Kind: not ScalarKind.Null } text) return null;
        if (!kind.TryParse(text.Text, out var value)) throw new FormatException($"reference.conf: {Pattern(key)} = {text.Text} is not {kind.Expected}");
        return new Located<T>(value, origin.WithValue(text.Text));
    }

    private Located<T>? Parse<T>(HoconValue value, Origin origin, Kind<T> kind)
    {
        if (value is HoconScalar { Kind: not (ScalarKind.Null or ScalarKind.Invalid) } scalar && kind.TryParse(scalar.Text, out var parsed))
            return new Located<T>(parsed, origin.WithValue(scalar.Text));
        Mismatch(value, origin, kind.Expected);
        return null;
    }

    /// <summary>The elements of a list; null where there is none.</summary>
    private List<(HoconValue Value, Origin Origin)>? Items(string key, string expected, bool isRequired)
    {
        Know(key, expected);
        var value = _given?[key]?.Value;
        var origin = OriginOf(key);
        var array = value as HoconArray ?? (value as HoconObject)?.ToArray();
        if (array is null)
        {
            if (value is not null and not HoconScalar { Kind: ScalarKind.Null }) Mismatch(value, origin, expected);
            else if (isRequired && _given is not null) Missing(key, expected);
            return null;
        }

        if (isRequired && array.Items.IsEmpty) _problems.Error(origin.WithValue("[]"), "the list is empty", "add an element");
        return [.. array.Items.Select((item, i) => (item, new Origin($"{origin.Path}[{i}]", item.Position, "")))];
    }

    private HoconObject? Given(string key, string expected, bool isRequired)
    {
        Know(key, expected);
        var value = _given?[key]?.Value;
        if (value is HoconObject given) return given;
        if (value is not null and not HoconScalar { Kind: ScalarKind.Null }) Mismatch(value, OriginOf(key), expected);
        else if (isRequired && _given is not null) Missing(key, expected);
        return null;
    }

    private void Missing(string key, string expected) =>
        _problems.Error(new Origin(Join(Origin.Path, key), Origin.Position, ""), $"the key '{key}' is missing", $"add {key}: it must be {expected}");

    private void Mismatch(HoconValue value, Origin origin, string expected)
    {
        if (value is HoconScalar { Kind: ScalarKind.Invalid }) return;
        var text = value switch
        {
            HoconScalar scalar => scalar.Text,
            HoconArray => "[...]",
            _ => "{...}",
        };
        _problems.Error(origin.WithValue(text), $"'{text}' is not valid: it must be {expected}", $"give {expected}");
    }

    private Section Below(string name, Origin origin, HoconObject? given, HoconObject? reference, string pattern)
    {
        var section = new Section(name, origin, given, reference, pattern, _problems, _schema);
        _children.Add(section);
        return section;
    }

    private void Know(string key, string expected)
    {
        _known.Add(key);
        _schema.Add(new KnownKey(Pattern(key), expected));
    }

    private Origin OriginOf(string key) => new(Join(Origin.Path, key), _given?[key]?.KeyPosition ?? Origin.Position, "");

    private string Pattern(string key) => Join(_pattern, key);

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static HoconObject? Over(HoconObject? upper, HoconObject? lower) => upper is null || lower is null
        ? upper ?? lower
        : new HoconObject(upper.Position, [.. upper.Fields, .. lower.Fields.Where(f => upper[f.Key] is null)]);
}
