using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Reports;

/// <summary>What a run found, for machines.</summary>
internal sealed record LabReport
{
    public bool Ok => Problems.Count == 0 && Faults.All(f => f.Ok);

    public IReadOnlyList<FaultReport> Faults { get; init; } = [];

    public ClusterTimes? Settings { get; init; }

    /// <summary>What went wrong apart from the faults' own expectations.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Problems { get; init; } = [];

    public static LabReport Join(IReadOnlyList<LabReport> runs) => new()
    {
        Faults = [.. runs.SelectMany(r => r.Faults)],
        Settings = runs.Select(r => r.Settings).FirstOrDefault(s => s is not null),
        Problems = [.. runs.SelectMany(r => r.Problems)],
    };
}

/// <summary>Milliseconds.</summary>
internal sealed record ClusterTimes(double Token, double Consensus, double Lease);

/// <summary>One measured fault. Eligible and survived are the client's own record, protected is the mirror's acknowledgement just before.</summary>
internal sealed record FaultReport
{
    public required string Name { get; init; }

    public int Eligible { get; init; }

    public int Owned { get; init; }

    public int Protected { get; init; }

    public int Survived { get; init; }

    public int Lost { get; init; }

    public long BytesLost { get; init; }

    public long Reordered { get; init; }

    /// <summary>Of the connections of the groups that moved; of all, where none did.</summary>
    public required Gap TcpGapMs { get; init; }

    public required Gap UdpGapMs { get; init; }

    public long UdpSent { get; init; }

    public long UdpLost { get; init; }

    /// <summary>From the fault to the new active's decision; null when no group moved.</summary>
    public double? DetectionMs { get; init; }

    /// <summary>From the decision to addresses up and announced.</summary>
    public double? PromotionMs { get; init; }

    public required IReadOnlyList<ConnectionOutcome> Connections { get; init; }

    /// <summary>Not mirrored, of the groups that moved: how many, and how many saw a reset.</summary>
    [JsonIgnore]
    public (int Reset, int Of, double LatestMs) Unmirrored { get; init; }

    /// <summary>Reasons of lost connections with their number.</summary>
    [JsonIgnore]
    public string LostReasons { get; init; } = "";

    [JsonIgnore]
    public IReadOnlyList<string> Problems { get; init; } = [];

    [JsonIgnore]
    public bool Ok => Problems.Count == 0;
}

internal sealed record Gap(double Median, double Max)
{
    public static Gap Of(IEnumerable<double> gaps)
    {
        var sorted = gaps.Order().ToList();
        return sorted.Count == 0 ? new Gap(0, 0) : new Gap((sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2, sorted[^1]);
    }
}

internal sealed record ConnectionOutcome(uint Id, FlowProtocol Proto, bool Eligible, bool Protected, bool Survived, double GapMs, long Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LabReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
