using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Lab.Runs;

/// <summary>
/// One run of the lab, and the record of all it makes: a directory whose file names the owner and, line by line and each before it is
/// made, the namespaces and processes. Whoever finds the record of a dead owner can clean up after it.
/// </summary>
internal sealed class Run
{
    private const string RecordName = "record";

    private readonly Lock _lock = new();

    private Run(string id) => Id = id;

    public string Id { get; }

    /// <summary>Logs, generated configuration, state and run directories of devices.</summary>
    public string Directory => Path.Combine(Root, Id);

    /// <summary>Not below /run: devices have a /run of their own.</summary>
    public static string Root => Environment.GetEnvironmentVariable("AMLAB_STATE") ?? "/var/lib/amlab";

    public static Run Begin()
    {
        var run = new Run(RandomNumberGenerator.GetHexString(6, lowercase: true));
        System.IO.Directory.CreateDirectory(run.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        run.Append(new RecordLine { Owner = ProcessIdentity.Self });
        return run;
    }

    public static Run Find(string id) => new(id);

    /// <summary>All recorded runs, of living owners too.</summary>
    public static IReadOnlyList<Run> All() =>
        System.IO.Directory.Exists(Root) ? [.. System.IO.Directory.GetDirectories(Root).Select(d => new Run(Path.GetFileName(d)))] : [];

    public string Namespace(string host) => $"am-{Id}-{host}";

    public void Note(string networkNamespace) => Append(new RecordLine { Namespace = networkNamespace });

    public void Note(ProcessIdentity process) => Append(new RecordLine { Process = process });

    public bool Exists => System.IO.Directory.Exists(Directory);

    /// <summary>False: nobody will tear this run down but <see cref="Cleaner"/>.</summary>
    public bool IsOwned => Lines().Select(l => l.Owner).OfType<ProcessIdentity>().Any(o => o.IsAlive);

    /// <summary>What was made and is still there.</summary>
    public IReadOnlyList<string> LeftNamespaces() =>
        [.. Lines().Select(l => l.Namespace).OfType<string>().Distinct().Where(Networks.Namespaces.Exists)];

    public IReadOnlyList<ProcessIdentity> LeftProcesses() =>
        [.. Lines().Select(l => l.Process).OfType<ProcessIdentity>().Concat(Networks.Namespaces.Members(LeftNamespaces())).Distinct().Where(p => p.IsAlive)];

    private IEnumerable<RecordLine> Lines()
    {
        var file = Path.Combine(Directory, RecordName);
        if (!File.Exists(file)) return [];
        return [.. File.ReadAllLines(file).Select(Parse).OfType<RecordLine>()];
    }

    private static RecordLine? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RunJson.Default.RecordLine);
        }
        catch (JsonException)
        {
            return null; // the owner died while it wrote its last line
        }
    }

    private void Append(RecordLine line)
    {
        lock (_lock) File.AppendAllText(Path.Combine(Directory, RecordName), JsonSerializer.Serialize(line, RunJson.Default.RecordLine) + "\n");
    }
}

internal sealed record RecordLine
{
    public ProcessIdentity? Owner { get; init; }

    public string? Namespace { get; init; }

    public ProcessIdentity? Process { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecordLine))]
internal sealed partial class RunJson : JsonSerializerContext;
