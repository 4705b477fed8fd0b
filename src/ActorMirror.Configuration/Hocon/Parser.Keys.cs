using System.Collections.Immutable;
using System.Text;

namespace ActorMirror.Configuration.Hocon;

/// <summary>Members of an object: fields, path expressions, includes.</summary>
internal sealed partial class Parser
{
    private MemberNode? Member()
    {
        var start = Current;
        if (start is { Kind: TokenKind.Unquoted, Text: "include" }) return Include();

        var pieces = new List<Token>();
        while (Current.Kind is TokenKind.Unquoted or TokenKind.Quoted or TokenKind.Whitespace) pieces.Add(Take());
        if (Current.Kind is TokenKind.Substitution or TokenKind.OptionalSubstitution)
        {
            Problem(Current, "a key may not contain a substitution", "write the key out");
            SkipToSeparator();
            return null;
        }

        if (Current.Kind == TokenKind.Invalid)
        {
            SkipToSeparator();
            return null;
        }

        // JSON allows line ends between a key and its separator; a key alone on its line is an error all the same.
        var afterKey = _next;
        SkipBlank();
        var separator = Current;
        if (separator.Kind is not (TokenKind.Separator or TokenKind.Append or TokenKind.OpenBrace))
        {
            _next = afterKey;
            if (pieces.Count == 0) Problem(separator, $"a key is expected here, found {Describe(separator)}", "write KEY = VALUE");
            else Problem(start, $"the key '{Join(pieces)}' has no value", "write KEY = VALUE");
            SkipToSeparator();
            return null;
        }

        var path = Path(pieces, pieces.Count == 0 ? separator : start);
        if (separator.Kind != TokenKind.OpenBrace)
        {
            Take();
            SkipBlank();
        }

        // A path of n elements nests its value n deep.
        var added = path?.Length ?? 0;
        if (_depth + added > HoconLimits.Depth)
        {
            Problem(start, $"objects and arrays are nested deeper than {HoconLimits.Depth}", "nest less deeply");
            SkipToSeparator();
            return null;
        }

        _depth += added;
        var value = Value();
        _depth -= added;
        if (value is null) SkipToSeparator();
        return path is { } known
            ? new FieldNode(At(start), known, separator.Kind == TokenKind.Append, value ?? new InvalidNode(At(start)))
            : null;
    }

    /// <summary><c>include "x"</c>, <c>include file("x")</c>, <c>include required(...)</c> of either.</summary>
    private IncludeNode? Include()
    {
        const string remedy = "write include \"FILE\", include file(\"FILE\") or include required(...)";
        var start = Take();
        var form = new StringBuilder();
        while (Current.Kind is TokenKind.Unquoted or TokenKind.Whitespace or TokenKind.Newline)
            form.Append(Take().Text.Trim());
        var name = Current;
        if (name.Kind != TokenKind.Quoted)
        {
            Problem(start, "an include names its file in double quotes", remedy);
            SkipToSeparator();
            return null;
        }

        Take();
        var opened = form.ToString();
        var closing = new StringBuilder();
        while (Current.Kind is TokenKind.Unquoted or TokenKind.Whitespace) closing.Append(Take().Text.Trim());
        var isKnown = opened is "" or "file(" or "required(" or "required(file(";
        if (!isKnown || closing.ToString() != new string(')', opened.Count(c => c == '(')))
        {
            Problem(start, $"'include {opened}\"{name.Text}\"{closing}' is not supported", remedy);
            return null;
        }

        return new IncludeNode(At(start), name.Text, opened.StartsWith("required", StringComparison.Ordinal), Relative: !opened.Contains("file", StringComparison.Ordinal));
    }

    /// <summary>
    /// A path expression: dots outside quotes separate; blanks inside belong to the element, blanks around the whole do not. Null after a problem.
    /// </summary>
    private ImmutableArray<string>? Path(List<Token> pieces, Token at)
    {
        while (pieces is [.., { Kind: TokenKind.Whitespace }]) pieces.RemoveAt(pieces.Count - 1);
        while (pieces is [{ Kind: TokenKind.Whitespace }, ..]) pieces.RemoveAt(0);

        var path = ImmutableArray.CreateBuilder<string>();
        var element = new StringBuilder();
        var quoted = false;
        var valid = pieces.Count > 0;
        foreach (var piece in pieces)
        {
            if (piece.Kind == TokenKind.Quoted)
            {
                element.Append(piece.Text);
                quoted = true;
                continue;
            }

            var parts = piece.Text.Split('.');
            element.Append(parts[0]);
            foreach (var part in parts.AsSpan(1))
            {
                End();
                element.Append(part);
            }
        }

        End();
        if (!valid) Problem(at, $"'{Join(pieces)}' is not a path: it has an empty element", "write names separated by single dots; quote an empty name");
        else if (path.Count > HoconLimits.Depth) Problem(at, $"the path has more than {HoconLimits.Depth} elements", "nest less deeply");
        return valid && path.Count <= HoconLimits.Depth ? path.ToImmutable() : null;

        void End()
        {
            valid &= quoted || element.Length > 0;
            path.Add(element.ToString());
            element.Clear();
            quoted = false;
        }
    }

    private static string Join(List<Token> pieces) => string.Concat(pieces.Select(p => p.Text)).Trim();
}
