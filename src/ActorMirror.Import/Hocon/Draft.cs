using System.Collections.Immutable;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Hocon;

/// <summary>An object on its way into the configuration.</summary>
/// <param name="title">Kind and name as written, for comments and reports; empty for what the import adds by itself.</param>
internal sealed class DraftObject(string name, Place place, string title, string description = "")
{
    public string Name { get; } = name;

    public Place Place { get; } = place;

    public string Title { get; } = title;

    public string Description { get; } = description;

    public List<Setting> Settings { get; } = [];

    public DraftObject Set(string key, Value value, Item? from = null, bool isOptional = false)
    {
        Settings.Add(new Setting(key, value, from?.Place ?? Place, isOptional, from?.Key ?? ""));
        return this;
    }

    public Value? this[string key] => Settings.Find(s => s.Key == key)?.Value;

    public string? Text(string key) => (this[key] as Value.Text)?.Content;
}

/// <summary>The objects under one key of the configuration, each under a name of its own.</summary>
internal sealed class DraftSection(string key)
{
    private readonly List<DraftObject> _objects = [];
    private readonly Dictionary<string, DraftObject> _byName = [];
    private readonly Dictionary<string, string> _bySource = [];
    private readonly Naming _naming = new();

    public string Key => key;

    public IReadOnlyList<DraftObject> Objects => _objects;

    /// <summary>A new object; what refers to it finds its name by the name it had.</summary>
    public DraftObject Add(string sourceName, Place place, string title, string description = "")
    {
        var made = new DraftObject(_naming.Take(sourceName), place, title, description);
        _objects.Add(made);
        _byName.Add(made.Name, made);
        _bySource.TryAdd(sourceName, made.Name);
        return made;
    }

    /// <summary>The name an object has now; null when there is none.</summary>
    public string? NameOf(string sourceName) => _bySource.TryGetValue(sourceName, out var name) && Find(name) is not null ? name : null;

    public DraftObject? Find(string name) => _byName.GetValueOrDefault(name);

    public void Remove(DraftObject made)
    {
        if (_byName.Remove(made.Name)) _objects.Remove(made);
    }

    /// <summary>One object instead of all.</summary>
    public void Replace(DraftObject only)
    {
        CutTo(0);
        _objects.Add(only);
        _byName.Add(only.Name, only);
    }

    /// <summary>Removes and returns all but the first so many.</summary>
    public IReadOnlyList<DraftObject> CutTo(int most)
    {
        var cut = _objects.Skip(most).ToList();
        foreach (var made in cut) _byName.Remove(made.Name);
        _objects.RemoveRange(_objects.Count - cut.Count, cut.Count);
        return cut;
    }
}

/// <summary>The configuration while it is put together.</summary>
internal sealed class Draft
{
    public DraftSection Devices { get; } = new("devices");

    public DraftSection Vlans { get; } = new("vlans");

    public DraftSection SelfIps { get; } = new("self-ips");

    public DraftSection TrafficGroups { get; } = new("traffic-groups");

    public DraftSection VirtualAddresses { get; } = new("virtual-addresses");

    public DraftSection Monitors { get; } = new("monitors");

    public DraftSection Pools { get; } = new("pools");

    public DraftSection HaGroups { get; } = new("ha-groups");

    public DraftSection VirtualServers { get; } = new("virtual-servers");

    public DraftSection SnatPools { get; } = new("snat-pools");

    public DraftSection Snats { get; } = new("snats");

    /// <summary>In the order in which they are written.</summary>
    public ImmutableArray<DraftSection> Sections => [Devices, Vlans, SelfIps, TrafficGroups, VirtualAddresses, Monitors, Pools, HaGroups, VirtualServers, SnatPools, Snats];

    /// <summary>Name of the device that the files come from.</summary>
    public string Self { get; set; } = "";

    /// <summary>Name and members of the device group.</summary>
    public DraftObject? DeviceGroup { get; set; }

    /// <summary>Settings with a path of their own, e.g. <c>cluster.engine</c>.</summary>
    public List<Setting> Settings { get; } = [];

    public ImmutableArray<string> Members => DeviceGroup?["members"] is Value.List members ? members.Items : [];

    public IEnumerable<CarriedOver> CarriedOver() => Sections
        .SelectMany(s => s.Objects.Select(o => (Object: o, Path: $"{s.Key}.{o.Name}")))
        .Append((Object: DeviceGroup!, Path: "device-group"))
        .Where(o => o.Object is { Title.Length: > 0 })
        .Select(o => new CarriedOver(o.Object.Place.File, o.Object.Place.Line, o.Object.Title, o.Path));
}
