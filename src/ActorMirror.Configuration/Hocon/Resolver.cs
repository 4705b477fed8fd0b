using System.Collections.Immutable;
using System.Text;

namespace ActorMirror.Configuration.Hocon;

/// <summary>
/// Definitions to values. A substitution looks forward: it takes the final value of its path. Only where that would go round in
/// a circle it looks back: a definition under evaluation, and all that override it, are not there for whoever asks meanwhile
/// (HOCON, "Self-Referential Substitutions"). A path is followed key by key, without evaluating what lies beside it, so that an
/// object may refer into itself.
/// </summary>
internal sealed class Resolver(TreeDefinition? root, HoconObject? fallback, Func<string, string?> environment, ProblemList problems)
{
    private int _nesting;
    private int _steps;

    /// <summary>Set when a look-up had to look back: an undefined substitution is then a circle.</summary>
    private bool _lookedBack;

    public HoconValue Resolve(Definition document) => Evaluate(document) ?? new HoconObject(document.Position, []);

    private HoconValue? Evaluate(Definition definition)
    {
        switch (definition.State)
        {
            case EvaluationState.Done: return definition.Result;
            case EvaluationState.InProgress: return null;
        }

        if (!Enter(definition.Position)) return Invalid(definition.Position);
        definition.State = EvaluationState.InProgress;
        definition.Result = definition switch
        {
            ScalarDefinition scalar => scalar.Value,
            TreeDefinition tree => Tree(tree),
            ArrayDefinition array => Array(array.Position, array.Items.Select(Evaluate)),
            SubstitutionDefinition substitution => Substitute(substitution),
            PreviousDefinition previous => ValueOf(previous.Slot, previous.Count),
            ConcatenationDefinition concatenation => Concatenate(concatenation),
            SpaceDefinition => null,
            _ => throw new InvalidOperationException($"unknown definition {definition.GetType().Name}"),
        };
        definition.State = EvaluationState.Done;
        _nesting--;
        return definition.Result;
    }

    private HoconValue Tree(TreeDefinition tree)
    {
        var fields = ImmutableArray.CreateBuilder<HoconField>(tree.Slots.Count);
        foreach (var slot in tree.Slots)
        {
            if (ValueOf(slot, slot.Definitions.Count) is { } value) fields.Add(new HoconField(slot.Key, slot.KeyPosition, value));
        }

        return Limited(new HoconObject(tree.Position, fields.ToImmutable()));
    }

    private HoconValue Array(SourcePosition position, IEnumerable<HoconValue?> items)
    {
        var values = items.OfType<HoconValue>().Take(HoconLimits.ArrayLength + 1).ToImmutableArray();
        if (values.Length <= HoconLimits.ArrayLength) return Limited(new HoconArray(position, values));
        problems.Add(position, "", "", $"the array has more than {HoconLimits.ArrayLength} elements", "shorten it");
        return Invalid(position);
    }

    /// <summary>The value of a key by its first <paramref name="count"/> definitions: the last one, merged over those below while they are objects.</summary>
    private HoconValue? ValueOf(Slot slot, int count)
    {
        HoconObject? upper = null;
        for (var i = Visible(slot, count, treesToo: true) - 1; i >= 0; i--)
        {
            switch (Evaluate(slot.Definitions[i]))
            {
                case null: continue;
                case HoconObject value: upper = upper is null ? value : Merge(value, upper); continue;
                case var value: return upper ?? value;
            }
        }

        return upper;
    }

    private HoconValue? Find(Slot slot, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty) return ValueOf(slot, slot.Definitions.Count);
        if (!Enter(slot.KeyPosition)) return null;
        HoconObject? upper = null;
        HoconValue? found = null;
        for (var i = Visible(slot, slot.Definitions.Count, treesToo: false) - 1; i >= 0 && found is null; i--)
        {
            HoconValue? value;
            if (slot.Definitions[i] is TreeDefinition tree)
                value = tree.Find(path[0]) is { } child ? Find(child, path[1..]) : null;
            else if (Evaluate(slot.Definitions[i]) is not { } other)
                continue;
            else if (other is HoconObject map)
                value = map.Find(path);
            else
                break; // what is no object hides everything below it

            if (value is HoconObject lower) upper = upper is null ? lower : Merge(lower, upper);
            else found = value;
        }

        _nesting--;
        return upper ?? found;
    }

    /// <summary>How many of the definitions may be seen now: those below the lowest one that is under evaluation.</summary>
    private int Visible(Slot slot, int count, bool treesToo)
    {
        for (var i = 0; i < count; i++)
        {
            if (slot.Definitions[i].State != EvaluationState.InProgress || (!treesToo && slot.Definitions[i] is TreeDefinition)) continue;
            _lookedBack = true;
            return i;
        }

        return count;
    }

    private HoconValue? Substitute(SubstitutionDefinition substitution)
    {
        var lookedBack = _lookedBack;
        _lookedBack = false;
        var value = (substitution.FileRoot.IsEmpty ? null : Lookup([.. substitution.FileRoot, .. substitution.Path]))
            ?? Lookup(substitution.Path.AsSpan())
            ?? fallback?.Find(substitution.Path.AsSpan())
            ?? Environment(substitution);
        if (value is null && !substitution.Optional)
        {
            var name = $"${{{string.Join('.', substitution.Path)}}}";
            problems.Add(
                substitution.Position, substitution.Owner, name,
                _lookedBack ? $"the substitution {name} refers to itself" : $"the substitution {name} is defined nowhere, nor in the environment",
                "define it, or write ${?...} if it may be missing");
            value = Invalid(substitution.Position);
        }

        _lookedBack = lookedBack;
        return value;
    }

    private HoconValue? Lookup(ReadOnlySpan<string> path) => root?.Find(path[0]) is { } slot ? Find(slot, path[1..]) : null;

    private HoconScalar? Environment(SubstitutionDefinition substitution) =>
        substitution.Path is [var name] && environment(name) is { } text ? new HoconScalar(substitution.Position, ScalarKind.Text, text) : null;

    private HoconValue? Concatenate(ConcatenationDefinition concatenation)
    {
        var values = concatenation.Parts.Select(Evaluate).OfType<HoconValue>().ToList();
        if (values.Count == 0) return null;
        if (values.Any(v => v is HoconScalar { Kind: ScalarKind.Invalid })) return Invalid(concatenation.Position);
        if (values.TrueForAll(v => v is HoconObject)) return values.Cast<HoconObject>().Aggregate(Merge);
        if (values.TrueForAll(v => v is HoconScalar)) return Text(concatenation);
        if (values.Exists(v => v is HoconArray) && values.ConvertAll(AsArray) is var arrays && arrays.TrueForAll(a => a is not null))
            return Array(concatenation.Position, arrays.SelectMany(a => a!.Items));

        problems.Add(
            concatenation.Position, concatenation.Owner, string.Join(" ", values.Select(KindName)),
            "texts, arrays and objects cannot be joined with each other", "join only values of one kind; separate elements with commas");
        return Invalid(concatenation.Position);
    }

    private HoconScalar Text(ConcatenationDefinition concatenation)
    {
        var text = new StringBuilder();
        foreach (var part in concatenation.Parts)
        {
            text.Append(part is SpaceDefinition space ? space.Text : (part.Result as HoconScalar)?.Text);
            if (text.Length <= HoconLimits.StringLength) continue;
            problems.Add(concatenation.Position, concatenation.Owner, "", $"the text is longer than {HoconLimits.StringLength} characters", "shorten it");
            return Invalid(concatenation.Position);
        }

        return new HoconScalar(concatenation.Position, ScalarKind.Text, text.ToString());
    }

    /// <summary>Both objects' fields; of a field that both have, the upper one's value, merged when both are objects.</summary>
    private HoconObject Merge(HoconObject lower, HoconObject upper)
    {
        var fields = ImmutableArray.CreateBuilder<HoconField>(lower.Fields.Length + upper.Fields.Length);
        foreach (var field in lower.Fields)
        {
            if (!Spend(field.KeyPosition)) break;
            fields.Add(upper[field.Key] switch
            {
                null => field,
                { Value: HoconObject over } winner when field.Value is HoconObject under => winner with { Value = Merge(under, over) },
                var winner => winner,
            });
        }

        fields.AddRange(upper.Fields.Where(f => lower[f.Key] is null));
        return new HoconObject(upper.Position, fields.ToImmutable());
    }

    private bool Enter(SourcePosition position)
    {
        if (!Spend(position)) return false;
        if (_nesting >= HoconLimits.Depth + HoconLimits.Chain)
        {
            problems.Add(position, "", "", $"substitutions refer to each other more than {HoconLimits.Chain} times in a chain", "shorten the chain");
            return false;
        }

        _nesting++;
        return true;
    }

    private bool Spend(SourcePosition position)
    {
        if (_steps == HoconLimits.Steps)
            problems.Add(position, "", "", "the substitutions multiply the document beyond measure", "refer to large objects less often");
        return _steps++ < HoconLimits.Steps;
    }

    private HoconValue Limited(HoconValue value)
    {
        if (value.Depth <= HoconLimits.Depth + 1) return value;
        problems.Add(value.Position, "", "", $"objects and arrays are nested deeper than {HoconLimits.Depth}", "nest less deeply");
        return Invalid(value.Position);
    }

    private static HoconScalar Invalid(SourcePosition position) => new(position, ScalarKind.Invalid, "");

    private static HoconArray? AsArray(HoconValue value) => value as HoconArray ?? (value as HoconObject)?.ToArray();

    private static string KindName(HoconValue value) => value switch
    {
        HoconObject => "{...}",
        HoconArray => "[...]",
        _ => "text",
    };
}
