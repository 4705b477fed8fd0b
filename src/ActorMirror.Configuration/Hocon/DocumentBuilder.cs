using System.Collections.Immutable;
using System.Globalization;

namespace ActorMirror.Configuration.Hocon;

/// <summary>Syntax trees to one tree of definitions: reads the included files, expands paths, merges objects.</summary>
internal sealed class DocumentBuilder(IncludeLoader loader, ProblemList problems)
{
    /// <param name="Path">Path of the object being built; null inside an array, where no path leads.</param>
    /// <param name="FileRoot">Path at which the file was included.</param>
    /// <param name="Files">The file and those that include it, full paths: what may not be included again.</param>
    /// <param name="Depth">Objects, arrays and path elements around.</param>
    private sealed record Scope(ImmutableArray<string>? Path, ImmutableArray<string> FileRoot, ImmutableArray<string> Files, int Depth)
    {
        public string Owner => Path is { } path ? string.Join('.', path) : "";

        public Scope Below(string key) => this with { Path = Path?.Add(key), Depth = Depth + 1 };

        public Scope InArray => this with { Path = null, Depth = Depth + 1 };
    }

    public TreeDefinition Build(string file, ObjectNode root)
    {
        var tree = new TreeDefinition(root.Position);
        Fill(tree, root, new Scope([], [], [IncludeLoader.Identity(file)], 0));
        return tree;
    }

    /// <summary>For a document whose root is an array.</summary>
    public Definition Build(string file, ArrayNode root) => Value(root, new Scope(null, [], [IncludeLoader.Identity(file)], 0));

    private void Fill(TreeDefinition tree, ObjectNode node, Scope scope)
    {
        foreach (var member in node.Members)
        {
            switch (member)
            {
                case FieldNode field:
                    Assign(tree, field, scope);
                    break;
                case IncludeNode include:
                    Include(tree, include, scope);
                    break;
            }
        }
    }

    private void Assign(TreeDefinition tree, FieldNode field, Scope scope)
    {
        foreach (var key in field.Path.AsSpan()[..^1])
        {
            tree = tree.Open(key, field.Position).OpenTree(field.Position);
            scope = scope.Below(key);
        }

        var slot = tree.Open(field.Path[^1], field.Position);
        scope = scope.Below(field.Path[^1]);
        if (scope.Depth > HoconLimits.Depth)
            problems.Add(field.Position, scope.Owner, field.Path[^1], $"objects and arrays are nested deeper than {HoconLimits.Depth}", "nest less deeply");
        else if (field.Append)
            slot.Add(Appended(slot, field, scope));
        else if (field.Value is ObjectNode node)
            Fill(slot.OpenTree(node.Position), node, scope);
        else
            slot.Add(Value(field.Value, scope));
    }

    private ConcatenationDefinition Appended(Slot slot, FieldNode field, Scope scope)
    {
        var item = new ArrayDefinition(field.Value.Position, [Value(field.Value, scope.InArray)]);
        return new ConcatenationDefinition(field.Position, scope.Owner, [new PreviousDefinition(field.Position, slot, slot.Definitions.Count), item]);
    }

    private Definition Value(Node node, Scope scope)
    {
        switch (node)
        {
            case ObjectNode child:
                var tree = new TreeDefinition(child.Position);
                Fill(tree, child, scope);
                return tree;
            case ArrayNode array:
                return new ArrayDefinition(array.Position, [.. array.Items.Select(item => Value(item, scope.InArray))]);
            case TextNode text:
                return new ScalarDefinition(new HoconScalar(text.Position, text.Quoted ? ScalarKind.Text : KindOf(text.Text), text.Text));
            case SpaceNode space:
                return new SpaceDefinition(space.Position, space.Text);
            case SubstitutionNode substitution:
                return new SubstitutionDefinition(substitution.Position, scope.Owner, substitution.Path, substitution.Optional, scope.FileRoot);
            case ConcatenationNode concatenation:
                return new ConcatenationDefinition(concatenation.Position, scope.Owner, [.. concatenation.Parts.Select(part => Value(part, scope))]);
            default:
                return new ScalarDefinition(new HoconScalar(node.Position, ScalarKind.Invalid, ""));
        }
    }

    private void Include(TreeDefinition tree, IncludeNode include, Scope scope)
    {
        var files = loader.Load(include);
        if (files.IsEmpty && include.Required)
            problems.Add(include.Position, scope.Owner, include.Name, "the required file does not exist", "create it, or leave out required(...)");

        foreach (var (file, root) in files)
        {
            var identity = IncludeLoader.Identity(file);
            if (scope.Files.Contains(identity))
                problems.Add(include.Position, scope.Owner, include.Name, "the file includes itself, directly or through others", "remove one include of the circle");
            else if (scope.Files.Length > HoconLimits.Includes)
                problems.Add(include.Position, scope.Owner, include.Name, $"includes are nested deeper than {HoconLimits.Includes}", "include less deeply");
            else if (root is ObjectNode node)
                Fill(tree, node, scope with { FileRoot = scope.Path ?? [], Files = scope.Files.Add(identity) });
            else
                problems.Add(include.Position, scope.Owner, include.Name, "an included file must hold an object, not an array", "put the array under a key");
        }
    }

    private static ScalarKind KindOf(string text) => text switch
    {
        "true" or "false" => ScalarKind.Boolean,
        "null" => ScalarKind.Null,
        _ when IsNumber(text) => ScalarKind.Number,
        _ => ScalarKind.Text,
    };

    /// <summary>The number grammar of RFC 8259 §6; what .NET accepts beyond it is sorted out first.</summary>
    private static bool IsNumber(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && char.IsAsciiDigit(digits[^1])
            && (digits is not ['0', var second, ..] || !char.IsAsciiDigit(second))
            && !text.Contains(".e", StringComparison.OrdinalIgnoreCase)
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _);
    }
}
