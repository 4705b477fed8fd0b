using System.Collections.Immutable;

namespace ActorMirror.Configuration.Hocon;

/// <summary>
/// Reads HOCON (https://github.com/lightbend/config/blob/main/HOCON.md): text → <see cref="Lexer"/> → <see cref="Parser"/> →
/// <see cref="DocumentBuilder"/> (includes, merging) → <see cref="Resolver"/> (substitutions) → values. No text makes it throw.
/// What is not supported stands in hocon/README.md.
/// </summary>
/// <param name="Root">An object or an array: all that could be read. A value with a problem is a scalar of kind <see cref="ScalarKind.Invalid"/>.</param>
public sealed record HoconDocument(HoconValue Root, ImmutableArray<HoconProblem> Problems)
{
    /// <param name="file">Names the text in positions; relative includes are looked up beside it.</param>
    /// <param name="fallback">Where substitutions look after the document itself, before the environment.</param>
    /// <param name="environment">Environment variables; null for the process's own.</param>
    /// <param name="readInclude">Content of an included file, null when there is none; by default the file system.</param>
    public static HoconDocument Parse(
        ReadOnlySpan<byte> utf8,
        string file,
        HoconObject? fallback = null,
        Func<string, string?>? environment = null,
        Func<string, byte[]?>? readInclude = null)
    {
        var problems = new ProblemList();
        var builder = new DocumentBuilder(new IncludeLoader(readInclude ?? ReadFile, problems), problems);
        var node = Parser.Parse(file, IncludeLoader.Decode(file, utf8, problems), problems);
        Definition document = node is ArrayNode array ? builder.Build(file, array) : builder.Build(file, (ObjectNode)node);
        var resolver = new Resolver(document as TreeDefinition, fallback, environment ?? System.Environment.GetEnvironmentVariable, problems);
        return new HoconDocument(resolver.Resolve(document), [.. problems.Items]);
    }

    /// <summary>Content of a file, at most a byte more than is accepted (a device never ends); null when it does not exist.</summary>
    internal static byte[]? ReadFile(string file)
    {
        if (Directory.Exists(file)) throw new IOException("it is a directory");
        if (!File.Exists(file)) return null;
        using var stream = File.OpenRead(file);
        using var content = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; content.Length <= HoconLimits.FileBytes && (read = stream.Read(buffer)) > 0;)
            content.Write(buffer, 0, read);
        return content.ToArray();
    }
}
