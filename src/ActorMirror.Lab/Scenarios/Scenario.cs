using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorMirror.Lab.Networks;

namespace ActorMirror.Lab.Scenarios;

/// <summary>A scenario file, as read: who stands where, what runs, what happens, what is expected (hocon/scenarios/README.md).</summary>
internal sealed record Scenario
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The devices' configuration file, relative to the scenario's.</summary>
    public string? Configuration { get; init; }

    /// <summary>Where the devices' data planes live.</summary>
    public DataPlaneHome DataPlane { get; init; }

    public ImmutableSortedDictionary<string, HostSection> Devices { get; init; } = ImmutableSortedDictionary<string, HostSection>.Empty;

    public ImmutableSortedDictionary<string, HostSection> Hosts { get; init; } = ImmutableSortedDictionary<string, HostSection>.Empty;

    public ImmutableSortedDictionary<string, ServerSection> Servers { get; init; } = ImmutableSortedDictionary<string, ServerSection>.Empty;

    public TrafficSection? Traffic { get; init; }

    public ImmutableSortedDictionary<string, CommandSection> Commands { get; init; } = ImmutableSortedDictionary<string, CommandSection>.Empty;

    public ImmutableArray<Step> Steps { get; init; } = [];

    /// <summary>What must hold of every measured fault; a step may say otherwise for its own.</summary>
    public Expectation Expect { get; init; } = new();

    [JsonIgnore]
    public NetworkPlan Network => new(
    [
        .. Devices.Select(d => new HostPlan(d.Key, d.Value.Plan(), d.Value.Gateway, d.Value.Gateway6, DataPlane: true)),
        .. Hosts.Select(h => new HostPlan(h.Key, h.Value.Plan(), h.Value.Gateway, h.Value.Gateway6)),
    ]);
}

internal enum DataPlaneHome
{
    /// <summary>In a network namespace of its own.</summary>
    Own,

    /// <summary>In the device's, beside what else runs there.</summary>
    Host,
}

internal sealed record HostSection
{
    /// <summary>By interface name.</summary>
    public required ImmutableSortedDictionary<string, LinkSection> Links { get; init; }

    public string? Gateway { get; init; }

    public string? Gateway6 { get; init; }

    public IReadOnlyList<LinkPlan> Plan() => [.. Links.Select(l => new LinkPlan(l.Key, l.Value.Segment, l.Value.Address, l.Value.Address6))];
}

/// <param name="Segment">Its role too, for faults: external, internal, mirror, management.</param>
internal sealed record LinkSection(string Segment, string? Address = null, string? Address6 = null);

/// <summary>The other end of the byte-exact streams.</summary>
internal sealed record ServerSection
{
    public required string Host { get; init; }

    public ImmutableArray<int> Tcp { get; init; } = [];

    public ImmutableArray<int> Udp { get; init; } = [];
}

internal sealed record TrafficSection
{
    /// <summary>Where the client runs.</summary>
    public required string Host { get; init; }

    public TrafficProcessor Processor { get; init; }

    public required ImmutableSortedDictionary<string, FlowSection> Flows { get; init; }
}

internal enum TrafficProcessor
{
    /// <summary>Clients, servers and devices share what there is.</summary>
    Shared,

    /// <summary>Clients and servers have one, devices the others, where there is more than one.</summary>
    Own,
}

internal sealed record FlowSection
{
    public Lab.Traffic.FlowProtocol Protocol { get; init; }

    public required string Target { get; init; }

    public string TrafficGroup { get; init; } = "";

    public bool Mirrored { get; init; } = true;

    public int Count { get; init; } = 1;

    /// <summary>Pace of each direction; 0: idle.</summary>
    public TimeSpan Interval { get; init; }

    public int Size { get; init; } = Lab.Traffic.Message.MinimumSize;

    /// <summary>Opened per second.</summary>
    public double Rate { get; init; } = 400;

    public TimeSpan Lifetime { get; init; }

    public Lab.Traffic.FlowSpec Spec(string name) => new()
    {
        Name = name,
        Protocol = Protocol,
        Target = Target,
        Group = TrafficGroup,
        Mirrored = Mirrored,
        Count = Count,
        IntervalMs = Interval.TotalMilliseconds,
        Size = Size,
        Rate = Rate,
        LifetimeMs = Lifetime.TotalMilliseconds,
        Reopen = !Mirrored,
    };
}

/// <summary>Any command line, on any host.</summary>
internal sealed record CommandSection
{
    public required string Host { get; init; }

    /// <summary>For sh; $RUN is a directory of this run.</summary>
    public required string Run { get; init; }

    /// <summary>Another command that says with exit code 0 that this one is ready; then this one runs on in the background.</summary>
    public string? Ready { get; init; }

    public int ExitCode { get; init; }

    /// <summary>A regular expression that its output must match.</summary>
    public string? Output { get; init; }

    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(30);
}
