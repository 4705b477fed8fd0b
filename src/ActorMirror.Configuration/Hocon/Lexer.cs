using System.Globalization;
using System.Text;

namespace ActorMirror.Configuration.Hocon;

/// <summary>
/// Cuts text into tokens (HOCON, "Syntax"). Numbers, booleans and null are unquoted text here: what they are is decided when a
/// value turns out to consist of one piece only. Never fails: what is no token becomes <see cref="TokenKind.Invalid"/> and a problem.
/// </summary>
internal sealed class Lexer
{
    private readonly string _file;
    private readonly string _text;
    private readonly ProblemList _problems;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private Lexer(string file, string text, ProblemList problems)
    {
        _file = file;
        _text = text;
        _problems = problems;
    }

    private char Current => Peek(0);

    private int Column => _at - _lineStart + 1;

    public static List<Token> Read(string file, string text, ProblemList problems)
    {
        var lexer = new Lexer(file, text, problems);
        if (text.StartsWith('\uFEFF')) lexer._at = lexer._lineStart = 1;
        while (lexer._at < text.Length)
            lexer.Next();
        lexer.Add(TokenKind.End, "", lexer.Column);
        return lexer._tokens;
    }

    private char Peek(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private bool At(string expected) => string.CompareOrdinal(_text, _at, expected, 0, expected.Length) == 0;

    private void Add(TokenKind kind, string text, int column) => _tokens.Add(new Token(kind, text, _line, column));

    private void Next()
    {
        switch (Current)
        {
            case '\n': Newline(); break;
            case '#': Comment(); break;
            case '/' when Peek(1) == '/': Comment(); break;
            case '{': Symbol(TokenKind.OpenBrace, 1); break;
            case '}': Symbol(TokenKind.CloseBrace, 1); break;
            case '[': Symbol(TokenKind.OpenBracket, 1); break;
            case ']': Symbol(TokenKind.CloseBracket, 1); break;
            case ',': Symbol(TokenKind.Comma, 1); break;
            case ':' or '=': Symbol(TokenKind.Separator, 1); break;
            case '+' when Peek(1) == '=': Symbol(TokenKind.Append, 2); break;
            case '$' when At("${?"): Symbol(TokenKind.OptionalSubstitution, 3); break;
            case '$' when At("${"): Symbol(TokenKind.Substitution, 2); break;
            case '"' when At("\"\"\""): TripleQuoted(); break;
            case '"': Quoted(); break;
            case var c when IsWhitespace(c): Run(TokenKind.Whitespace, static lexer => IsWhitespace(lexer.Current) && lexer.Current != '\n'); break;
            case var c when IsReserved(c): Reserved(c); break;
            default: Unquoted(); break;
        }
    }

    private void Symbol(TokenKind kind, int length)
    {
        Add(kind, _text.Substring(_at, length), Column);
        _at += length;
    }

    private void Newline()
    {
        Add(TokenKind.Newline, "\n", Column);
        _at++;
        _line++;
        _lineStart = _at;
    }

    private void Comment()
    {
        while (_at < _text.Length && Current != '\n') _at++;
    }

    private void Run(TokenKind kind, Func<Lexer, bool> continues)
    {
        var (start, column) = (_at, Column);
        do _at++;
        while (_at < _text.Length && continues(this));
        Add(kind, _text[start.._at], column);
    }

    private void Unquoted()
    {
        var start = _at;
        var isNumber = Current == '-' || char.IsAsciiDigit(Current);
        Run(TokenKind.Unquoted, lexer => !EndsUnquoted(lexer) || (isNumber && lexer.IsExponentSign(start)));
    }

    /// <summary>The plus of <c>1e+5</c>, which JSON allows although a plus is otherwise reserved.</summary>
    private bool IsExponentSign(int start) =>
        Current == '+' && _at - start >= 2 && (_text[_at - 1] is 'e' or 'E') && char.IsAsciiDigit(_text[_at - 2]) && char.IsAsciiDigit(Peek(1));

    private void Reserved(char c)
    {
        Problem(Column, c.ToString(), $"the character '{c}' is reserved and cannot stand outside quotes", "put the text in double quotes");
        Symbol(TokenKind.Invalid, 1);
    }

    private void TripleQuoted()
    {
        var (column, line, lineStart) = (Column, _line, _lineStart);
        var start = _at + 3;
        var end = _text.IndexOf("\"\"\"", start, StringComparison.Ordinal);
        if (end < 0)
        {
            Problem(column, "\"\"\"", "the text after three quotes never ends", "close it with \"\"\"");
            end = _at = _text.Length;
        }
        else
        {
            // Three quotes or more end the text; those before the last three belong to it.
            while (end + 3 < _text.Length && _text[end + 3] == '"') end++;
            _at = end + 3;
        }

        _tokens.Add(new Token(TokenKind.Quoted, _text[Math.Min(start, end)..end], line, column));
        for (var i = start; i < _at; i++)
        {
            if (_text[i] != '\n') continue;
            line++;
            lineStart = i + 1;
        }

        (_line, _lineStart) = (line, lineStart);
    }

    private void Quoted()
    {
        var (start, column) = (_at, Column);
        var value = new StringBuilder();
        _at++;
        while (true)
        {
            if (_at >= _text.Length || Current == '\n')
            {
                Problem(column, _text[start.._at], "the string is not closed on its line", "end it with a double quote, or use \"\"\" for a text of several lines");
                break;
            }

            var c = _text[_at];
            if (c == '"')
            {
                _at++;
                break;
            }

            if (c == '\\')
            {
                Escape(value);
                continue;
            }

            if (c < ' ') Problem(Column, $"U+{(int)c:X4}", "a quoted string may not contain control characters", "write it as an escape, for example \\t");
            value.Append(c);
            _at++;
        }

        Add(TokenKind.Quoted, value.ToString(), column);
    }

    private void Escape(StringBuilder value)
    {
        var c = Peek(1);
        var decoded = "\"\\/bfnrt".IndexOf(c, StringComparison.Ordinal) is var index and >= 0 ? "\"\\/\b\f\n\r\t"[index] : '\0';
        if (decoded != '\0' && c != '\0')
        {
            value.Append(decoded);
            _at += 2;
        }
        else if (c == 'u' && _at + 6 <= _text.Length && ushort.TryParse(_text.AsSpan(_at + 2, 4), NumberStyles.AllowHexSpecifier, null, out var unit))
        {
            value.Append((char)unit);
            _at += 6;
        }
        else
        {
            Problem(Column, $"\\{c}", "this escape is not known", "use one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
            _at++;
        }
    }

    private void Problem(int column, string value, string message, string remedy) =>
        _problems.Add(new SourcePosition(_file, _line, column), "", value, message, remedy);

    private static bool EndsUnquoted(Lexer lexer)
    {
        var c = lexer.Current;
        return IsReserved(c) || c is '{' or '}' or '[' or ']' or ':' or '=' or ',' or '#' or '"' || IsWhitespace(c) || (c == '/' && lexer.Peek(1) == '/');
    }

    private static bool IsReserved(char c) => c is '$' or '+' or '`' or '^' or '?' or '!' or '@' or '*' or '&' or '\\';

    /// <summary>Unicode's separators (with the no-break spaces), the ASCII ones, and the byte order mark.</summary>
    private static bool IsWhitespace(char c) => c is '\t' or '\n' or '\v' or '\f' or '\r' or (>= '\x1c' and <= '\x1f') or '\uFEFF'
        || char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
