using System.Collections.Immutable;
using ActorMirror.Configuration.Hocon;
using ActorMirror.Configuration.Reading;
using ActorMirror.Configuration.Validation;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Configuration;

/// <param name="Model">Null exactly when there is an error.</param>
/// <param name="Problems">Errors and warnings, by file and line.</param>
/// <param name="IsUnreadable">The file itself could not be read; <paramref name="Problems"/> says why.</param>
public sealed record ConfigurationResult(DeviceGroupModel? Model, ImmutableArray<ConfigurationProblem> Problems, bool IsUnreadable = false)
{
    public bool HasErrors => Problems.Any(p => p.Severity == ProblemSeverity.Error);

    public void Deconstruct(out DeviceGroupModel? model, out ImmutableArray<ConfigurationProblem> problems) => (model, problems) = (Model, Problems);
}

/// <summary>
/// HOCON file → values (<see cref="HoconDocument"/>) → settings, each valid in itself (<see cref="GroupReader"/>) → rules that need
/// the whole picture (<c>Validation</c>) → <see cref="DeviceGroupModel"/>. All problems come at once; bad text never throws.
/// </summary>
public static class ConfigurationLoader
{
    private static readonly Lazy<HoconObject> ReferenceObject = new(ParseReference);

    internal static HoconObject Reference => ReferenceObject.Value;

    /// <summary>The text of reference.conf: every key, explained, with its default.</summary>
    public static string ReferenceText
    {
        get
        {
            using var reader = new StreamReader(OpenReference());
            return reader.ReadToEnd();
        }
    }

    /// <param name="path">The file; includes are looked up beside the file that names them.</param>
    /// <param name="deviceOverride">Name of this device instead of the one in the file.</param>
    public static ConfigurationResult Load(string path, string? deviceOverride = null)
    {
        byte[] bytes;
        try
        {
            bytes = HoconDocument.ReadFile(path) ?? throw new FileNotFoundException("it does not exist");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var problem = new ConfigurationProblem(ProblemSeverity.Error, path, 0, "", path, $"the file cannot be read: {exception.Message}", "correct the file's name or its permissions");
            return new ConfigurationResult(null, [problem], IsUnreadable: true);
        }

        return Parse(bytes, path, deviceOverride);
    }

    /// <param name="utf8">The text.</param>
    /// <param name="file">Names the text in problems; relative includes are looked up beside it.</param>
    /// <param name="deviceOverride">Name of this device instead of the one in the text.</param>
    public static ConfigurationResult Parse(ReadOnlySpan<byte> utf8, string file, string? deviceOverride = null)
    {
        var document = HoconDocument.Parse(utf8, file, Reference);
        var problems = new Problems();
        if (document.Root is not HoconObject root)
        {
            problems.Error(new Origin("", document.Root.Position, "[...]"), "the file holds an array, not an object", "start with actormirror { ... }");
            return new ConfigurationResult(null, Sorted(document, problems));
        }

        var topology = new Topology(GroupReader.Read(root, Reference, deviceOverride, problems, []));
        Check(topology, problems);

        var sorted = Sorted(document, problems);
        var isValid = sorted.All(p => p.Severity != ProblemSeverity.Error);
        return new ConfigurationResult(isValid ? ModelBuilder.Build(topology) : null, sorted);
    }

    private static void Check(Topology topology, Problems problems)
    {
        ReferenceRules.Check(topology, problems);
        UniquenessRules.Check(topology, problems);
        ClusterRules.Check(topology, problems);
        AddressRules.Check(topology, problems);
        TrafficRules.Check(topology, problems);
        FailoverRules.Check(topology.Config, problems);
        MirrorRules.Check(topology.Config, problems);
        SnatRules.Check(topology, problems);
        PersistenceRules.Check(topology.Config, problems);
        ManagementRules.Check(topology.Config, problems);
    }

    private static ImmutableArray<ConfigurationProblem> Sorted(HoconDocument document, Problems problems) =>
    [
        .. document.Problems.Select(p => new ConfigurationProblem(ProblemSeverity.Error, p.Position.File, p.Position.Line, p.Path, p.Value, p.Message, p.Remedy))
            .Concat(problems.Items)
            .Distinct()
            .OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Path, StringComparer.Ordinal),
    ];

    private static HoconObject ParseReference()
    {
        using var stream = OpenReference();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var document = HoconDocument.Parse(memory.ToArray(), "reference.conf", environment: _ => null);
        return document is { Problems.IsEmpty: true, Root: HoconObject root }
            ? root
            : throw new InvalidOperationException($"reference.conf: {document.Problems[0].Message}");
    }

    private static Stream OpenReference() =>
        typeof(ConfigurationLoader).Assembly.GetManifestResourceStream("reference.conf") ?? throw new InvalidOperationException("reference.conf is not embedded");
}
