namespace ActorMirror.Configuration.Hocon;

internal enum TokenKind
{
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Separator,           // : or =
    Append,              // +=
    Newline,
    Whitespace,          // within a line; kept, because concatenations preserve it
    Unquoted,
    Quoted,              // text without quotes and escapes; also """ """
    Substitution,        // ${
    OptionalSubstitution, // ${?
    Invalid,             // already reported
    End,
}

/// <param name="Text">What the token stands for, escapes decoded.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line, int Column)
{
    public bool IsText => Kind is TokenKind.Unquoted or TokenKind.Quoted;
}
