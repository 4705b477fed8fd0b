using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ActorMirror.Import.Hocon;

/// <summary>A draft as HOCON text, each object under a comment that says where it came from.</summary>
internal static class HoconWriter
{
    private const int LongestComment = 160;

    public static string Write(Draft draft, ImmutableArray<string> heading)
    {
        var text = new StringBuilder();
        foreach (var line in heading) text.Append(CultureInfo.InvariantCulture, $"# {Comment(line)}\n");
        text.Append("\nactormirror {\n");
        text.Append(CultureInfo.InvariantCulture, $"  device = {Quoted(draft.Self)}\n");
        foreach (var setting in draft.Settings) text.Append(CultureInfo.InvariantCulture, $"  {setting.Key} = {Scalar(setting.Value)}\n");
        if (draft.DeviceGroup is { } group)
        {
            Origin(text, group, "  ");
            text.Append(CultureInfo.InvariantCulture, $"  device-group {Inline(group.Settings)}\n");
        }

        foreach (var section in draft.Sections.Where(s => s.Objects.Count > 0)) Section(text, section);
        return text.Append("}\n").ToString();
    }

    private static void Section(StringBuilder text, DraftSection section)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n  {section.Key} {{\n");
        foreach (var made in section.Objects)
        {
            Origin(text, made, "    ");
            text.Append(CultureInfo.InvariantCulture, $"    {Key(made.Name)} {{\n");
            foreach (var setting in made.Settings) Setting(text, setting);
            text.Append("    }\n");
        }

        text.Append("  }\n");
    }

    private static void Origin(StringBuilder text, DraftObject made, string indent)
    {
        if (made.Title.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{indent}# {Comment($"{made.Title}, {made.Place.File}:{made.Place.Line}")}\n");
        if (made.Description.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{indent}# {Comment(made.Description)}\n");
    }

    private static void Setting(StringBuilder text, Setting setting)
    {
        if (setting.Value is not Value.Rows rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"      {setting.Key} = {Scalar(setting.Value)}\n");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"      {setting.Key} = [\n");
        foreach (var row in rows.Items) text.Append(CultureInfo.InvariantCulture, $"        {Inline(row.Settings)}\n");
        text.Append("      ]\n");
    }

    private static string Inline(IEnumerable<Setting> settings) => $"{{ {string.Join(", ", settings.Select(s => $"{s.Key} = {Scalar(s.Value)}"))} }}";

    private static string Scalar(Value value) => value switch
    {
        Value.Text text => Quoted(text.Content),
        Value.List list => $"[{string.Join(", ", list.Items.Select(Quoted))}]",
        _ => throw new InvalidOperationException("rows stand on lines of their own"),
    };

    /// <summary>An unquoted <c>include</c> at the start of a line is a directive (HOCON, "Include syntax").</summary>
    private static string Key(string name) => name is "include" ? "\"include\"" : name;

    private static string Quoted(string text) =>
        text.Length > 0 && text is not ("true" or "false" or "null" or "include") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? text
            : "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    /// <summary>One line, whatever the files hold.</summary>
    private static string Comment(string text)
    {
        var line = new string([.. text.Take(LongestComment).Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? ' ' : c)]);
        return text.Length > LongestComment ? line + "..." : line;
    }
}
