using System.Collections.Immutable;

namespace ActorMirror.Configuration.Hocon;

/// <summary>
/// Tokens to syntax tree, by recursive descent with one token of look-ahead. After an error it goes on at the next comma, line or
/// closing bracket, so that one run finds every error of a file.
/// </summary>
internal sealed partial class Parser
{
    private readonly string _file;
    private readonly List<Token> _tokens;
    private readonly ProblemList _problems;
    private int _next;
    private int _depth;

    private Parser(string file, List<Token> tokens, ProblemList problems)
    {
        _file = file;
        _tokens = tokens;
        _problems = problems;
    }

    private Token Current => _tokens[_next];

    /// <returns>An <see cref="ObjectNode"/> or an <see cref="ArrayNode"/>; what could be read of it where there are problems.</returns>
    public static Node Parse(string file, string text, ProblemList problems)
    {
        var parser = new Parser(file, Lexer.Read(file, text, problems), problems);
        return parser.Root();
    }

    private Node Root()
    {
        SkipBlank();
        Node root = Current.Kind switch
        {
            TokenKind.OpenBrace => Object(),
            TokenKind.OpenBracket => Array(),
            _ => new ObjectNode(At(Current), Members(Current, isRoot: true)),
        };
        SkipBlank();
        if (Current.Kind != TokenKind.End)
            Problem(Current, $"'{Describe(Current)}' stands after the end of the document", "remove it, or the bracket that closes too early");
        return root;
    }

    private ObjectNode Object()
    {
        var open = Take();
        if (!Enter(open)) return new ObjectNode(At(open), []);
        var members = Members(open, isRoot: false);
        _depth--;
        return new ObjectNode(At(open), members);
    }

    private ImmutableArray<MemberNode> Members(Token open, bool isRoot)
    {
        var members = ImmutableArray.CreateBuilder<MemberNode>();
        for (var first = true; ; first = false)
        {
            var separated = Separators(first);
            switch (Current.Kind)
            {
                case TokenKind.CloseBrace when !isRoot:
                    Take();
                    return members.ToImmutable();
                case TokenKind.End:
                    if (!isRoot) Problem(open, "this '{' is never closed", "add the missing '}'");
                    return members.ToImmutable();
                case TokenKind.CloseBracket when !isRoot && _depth > 1:
                    Problem(Current, $"'}}' expected for the '{{' of line {open.Line}, found ']'", "close the object before the array");
                    return members.ToImmutable();
                case TokenKind.CloseBrace or TokenKind.CloseBracket:
                    Problem(Current, $"'{Current.Text}' closes nothing", "remove it, or add what it should close");
                    Take();
                    continue;
                default:
                    if (!separated) Unseparated();
                    else if (Member() is { } member) members.Add(member);
                    break;
            }
        }
    }

    private ArrayNode Array()
    {
        var open = Take();
        if (!Enter(open)) return new ArrayNode(At(open), []);
        var items = ImmutableArray.CreateBuilder<Node>();
        for (var first = true; ; first = false)
        {
            var separated = Separators(first);
            if (Current.Kind == TokenKind.CloseBracket)
            {
                Take();
                break;
            }

            if (Current.Kind is TokenKind.End or TokenKind.CloseBrace)
            {
                Problem(open, "this '[' is never closed", "add the missing ']'");
                break;
            }

            if (!separated) Unseparated();
            else if (Value() is { } item) items.Add(item);
            else SkipToSeparator();
        }

        _depth--;
        return new ArrayNode(At(open), items.ToImmutable());
    }

    /// <summary>One value: all that stands before the next comma, line or closing bracket, concatenated. Null after a problem.</summary>
    private Node? Value()
    {
        var parts = ImmutableArray.CreateBuilder<Node>();
        var start = Current;
        while (true)
        {
            switch (Current.Kind)
            {
                case TokenKind.Whitespace: parts.Add(new SpaceNode(At(Current), Take().Text)); continue;
                case TokenKind.Quoted or TokenKind.Unquoted: parts.Add(new TextNode(At(Current), Current.Text, Take().Kind == TokenKind.Quoted)); continue;
                case TokenKind.OpenBrace: parts.Add(Object()); continue;
                case TokenKind.OpenBracket: parts.Add(Array()); continue;
                case TokenKind.Substitution or TokenKind.OptionalSubstitution:
                    parts.Add(Substitution());
                    continue;
                case TokenKind.Invalid: parts.Add(new InvalidNode(At(Take()))); continue;
            }

            break;
        }

        while (parts is [.., SpaceNode]) parts.RemoveAt(parts.Count - 1);
        while (parts is [SpaceNode, ..]) parts.RemoveAt(0);
        if (parts.Count > 0 && Current.Kind is (TokenKind.Separator or TokenKind.Append))
        {
            Unseparated();
            return new InvalidNode(parts[0].Position);
        }

        if (parts.Count == 0)
            Problem(start, $"a value is expected here, found {Describe(start)}", "write the value, or remove the key");
        return parts.Count switch
        {
            0 => null,
            1 => parts[0],
            _ => new ConcatenationNode(parts[0].Position, parts.ToImmutable()),
        };
    }

    private Node Substitution()
    {
        var open = Take();
        var pieces = new List<Token>();
        while (Current.Kind is TokenKind.Unquoted or TokenKind.Quoted or TokenKind.Whitespace) pieces.Add(Take());
        if (Current.Kind != TokenKind.CloseBrace)
        {
            Problem(open, $"the substitution {open.Text} is not closed with '}}'", "write ${path} or ${?path}");
            return new InvalidNode(At(open));
        }

        Take();
        return Path(pieces, open) is { } path
            ? new SubstitutionNode(At(open), path, open.Kind == TokenKind.OptionalSubstitution)
            : new InvalidNode(At(open));
    }

    /// <summary>Goes over blanks and commas between members or items. False when neither a comma nor a line end separates.</summary>
    private bool Separators(bool first)
    {
        var separated = first;
        var comma = first;
        while (true)
        {
            switch (Current.Kind)
            {
                case TokenKind.Whitespace:
                    break;
                case TokenKind.Newline:
                    separated = true;
                    break;
                case TokenKind.Comma:
                    if (comma) Problem(Current, first ? "a comma stands before the first element" : "two commas stand in a row", "remove the comma");
                    separated = comma = true;
                    break;
                default:
                    return separated;
            }

            Take();
        }
    }

    private void Unseparated()
    {
        if (Current.Kind is TokenKind.Separator or TokenKind.Append)
            Problem(Current, $"'{Current.Text}' cannot stand in a text without quotes", "put the value in double quotes; separate fields with a comma or a new line");
        else
            Problem(Current, $"a comma or a new line is expected before {Describe(Current)}", "separate the two with a comma or a new line");
        SkipToSeparator();
    }

    private void SkipToSeparator()
    {
        for (var inSubstitution = false; Current.Kind is not (TokenKind.Newline or TokenKind.Comma or TokenKind.CloseBracket or TokenKind.End); Take())
        {
            if (Current.Kind is TokenKind.Substitution or TokenKind.OptionalSubstitution) inSubstitution = true;
            if (Current.Kind != TokenKind.CloseBrace) continue;
            if (!inSubstitution) return;
            inSubstitution = false;
        }
    }

    private void SkipBlank()
    {
        while (Current.Kind is TokenKind.Whitespace or TokenKind.Newline) Take();
    }

    /// <summary>Counts nesting; beyond the limit the bracket's content is skipped to its end.</summary>
    private bool Enter(Token open)
    {
        if (_depth < HoconLimits.Depth)
        {
            _depth++;
            return true;
        }

        Problem(open, $"objects and arrays are nested deeper than {HoconLimits.Depth}", "nest less deeply");
        for (var level = 1; level > 0 && Current.Kind != TokenKind.End;)
        {
            level += Take().Kind switch
            {
                TokenKind.OpenBrace or TokenKind.OpenBracket or TokenKind.Substitution or TokenKind.OptionalSubstitution => 1,
                TokenKind.CloseBrace or TokenKind.CloseBracket => -1,
                _ => 0,
            };
        }

        return false;
    }

    private Token Take() => Current.Kind == TokenKind.End ? Current : _tokens[_next++];

    private SourcePosition At(Token token) => new(_file, token.Line, token.Column);

    private void Problem(Token at, string message, string remedy) => _problems.Add(At(at), "", at.Text.Trim(), message, remedy);

    private static string Describe(Token token) => token.Kind switch
    {
        TokenKind.End => "the end of the file",
        TokenKind.Newline => "the end of the line",
        _ => $"'{token.Text}'",
    };
}
