using System.Collections.Immutable;
using System.Text;
using ActorMirror.Configuration.Hocon;

namespace ActorMirror.Tests.Configuration.Hocon;

/// <summary>HOCON to JSON on one line, for tests.</summary>
internal static class HoconText
{
    public static string Json(string text, Dictionary<string, string>? environment = null, Dictionary<string, string>? files = null)
    {
        var document = Parse(text, environment, files);
        document.Problems.ShouldBeEmpty();
        return document.Root.ToString();
    }

    public static ImmutableArray<HoconProblem> Problems(string text, Dictionary<string, string>? files = null) => Parse(text, null, files).Problems;

    /// <summary>The one message that the text gives.</summary>
    public static string Problem(string text, Dictionary<string, string>? files = null) => Problems(text, files).ShouldHaveSingleItem().Message;

    /// <param name="files">By path, as in <c>/etc/x.conf</c>; the text itself is <c>/etc/main.conf</c>.</param>
    public static HoconDocument Parse(string text, Dictionary<string, string>? environment = null, Dictionary<string, string>? files = null) =>
        HoconDocument.Parse(
            Encoding.UTF8.GetBytes(text), "/etc/main.conf",
            environment: name => environment?.GetValueOrDefault(name),
            readInclude: path => files?.GetValueOrDefault(path) is { } content ? Encoding.UTF8.GetBytes(content) : null);
}
