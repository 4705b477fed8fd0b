using System.Collections.Immutable;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary>All stanzas of all files, by kind and name. An object may stand in several files; what contradicts the first is left out.</summary>
internal sealed class Catalog
{
    private readonly Dictionary<(string Kind, string Name), Stanza> _byName = [];
    private readonly Dictionary<string, string> _selfDevices = [];
    private readonly List<Stanza> _stanzas = [];
    private readonly HashSet<string> _kinds = [];

    public Catalog(IEnumerable<TmshFile> files, Report report)
    {
        var all = files.SelectMany(f => f.Stanzas).ToList();
        foreach (var device in all.Where(s => s.Kind == "cm device" && s.Items.Any(i => i is { Key: "self-device", Value: "true" })))
            _selfDevices.TryAdd(device.Place.File, Paths.Absolute(device.Name));
        foreach (var stanza in all) Add(stanza, report);
    }

    /// <summary>In the order of the files, each object once.</summary>
    public IReadOnlyList<Stanza> All => _stanzas;

    public bool HasAny(string kind) => _kinds.Contains(kind);

    public IEnumerable<Stanza> Of(string kind) => _stanzas.Where(s => s.Kind == kind);

    public Stanza? Find(string kind, string name) => _byName.GetValueOrDefault((kind, Paths.Absolute(name)));

    /// <summary>The device that a file was taken from; null when no file says so.</summary>
    public string? SelfDevice(string file) => _selfDevices.TryGetValue(file, out var device) ? device : _selfDevices.Values.FirstOrDefault();

    private void Add(Stanza stanza, Report report)
    {
        if (_byName.TryAdd((stanza.Kind, KeyOf(stanza)), stanza))
        {
            _stanzas.Add(stanza);
            _kinds.Add(stanza.Kind);
            return;
        }

        var first = _byName[(stanza.Kind, KeyOf(stanza))];
        var isCopy = stanza.Kind == "cm device" || stanza.Text.Span.Trim().SequenceEqual(first.Text.Span.Trim());
        if (!isCopy) report.LeaveOut(stanza.Place, stanza.Title, "", $"an object of this kind and name with other properties stands in {first.Place.File}:{first.Place.Line}");
    }

    /// <summary>Self IPs that do not float may have the same name on every device.</summary>
    private string KeyOf(Stanza stanza) => stanza.Kind == "net self" && !SelfIps.IsFloating(stanza)
        ? $"{Paths.Absolute(stanza.Name)}@{SelfDevice(stanza.Place.File)}"
        : Paths.Absolute(stanza.Name);
}

internal static class Paths
{
    /// <summary>A name without a folder is one of /Common.</summary>
    public static string Absolute(string name) =>
        name.Length == 0 || name.StartsWith('/') ? name : name.StartsWith("Common/", StringComparison.Ordinal) ? "/" + name : "/Common/" + name;

    /// <summary>What follows the folders.</summary>
    public static string Last(string name) => name[(name.LastIndexOf('/') + 1)..];
}
