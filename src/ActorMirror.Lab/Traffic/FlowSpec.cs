using System.Net;
using System.Text.Json.Serialization;

namespace ActorMirror.Lab.Traffic;

[JsonConverter(typeof(JsonStringEnumConverter<FlowProtocol>))]
internal enum FlowProtocol
{
    [JsonStringEnumMemberName("tcp")]
    Tcp,

    [JsonStringEnumMemberName("udp")]
    Udp,
}

/// <summary>A bundle of equal flows towards one virtual server.</summary>
internal sealed record FlowSpec
{
    public required string Name { get; init; }

    public required FlowProtocol Protocol { get; init; }

    /// <summary>address:port, or [address]:port of IPv6.</summary>
    public required string Target { get; init; }

    /// <summary>Source address; null: the system's choice.</summary>
    public string? Source { get; init; }

    /// <summary>The traffic group behind the target, for the report.</summary>
    public string Group { get; init; } = "";

    /// <summary>Whether the virtual server mirrors: only such connections must survive.</summary>
    public bool Mirrored { get; init; } = true;

    public int Count { get; init; } = 1;

    /// <summary>Between two messages of one direction; 0: silent, moves data only when asked.</summary>
    public double IntervalMs { get; init; }

    /// <summary>Bytes of a message.</summary>
    public int Size { get; init; } = Message.MinimumSize;

    /// <summary>Opened in this many per second.</summary>
    public double Rate { get; init; } = 400;

    /// <summary>0: stay open. Otherwise each closes at this age and a new one is opened at <see cref="Rate"/>: there are always young ones.</summary>
    public double LifetimeMs { get; init; }

    /// <summary>Replace those that ended, after each report (connections that are expected to be reset).</summary>
    public bool Reopen { get; init; }

    [JsonIgnore]
    public long Interval => (long)(IntervalMs * Monotonic.Millisecond);

    [JsonIgnore]
    public long Lifetime => (long)(LifetimeMs * Monotonic.Millisecond);

    [JsonIgnore]
    public IPEndPoint TargetEndPoint => IPEndPoint.Parse(Target);

    [JsonIgnore]
    public IPAddress? SourceAddress => Source is null ? null : IPAddress.Parse(Source);
}
