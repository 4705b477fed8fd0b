using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Reports;

/// <summary>What was seen of one fault, from which its report is made.</summary>
internal sealed record FaultEvidence
{
    public required string Name { get; init; }

    /// <summary>The client's record.</summary>
    public required IReadOnlyList<FlowReport> Flows { get; init; }

    /// <summary>Groups that had to move, or moved.</summary>
    public required IReadOnlySet<string> Moved { get; init; }

    /// <summary>Connections acknowledged by the mirrors just before, as protocol and client address.</summary>
    public required IReadOnlySet<(FlowProtocol Protocol, string Client)> Acknowledged { get; init; }

    public int Owned { get; init; }

    public double? DetectionMs { get; init; }

    public double? PromotionMs { get; init; }

    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>Evidence to report, and report against expectation. Pure.</summary>
internal static class FaultReportBuilder
{
    public static FaultReport Build(FaultEvidence evidence, Expectation expectation)
    {
        var eligible = evidence.Flows.Where(f => f.Eligible).ToList();
        var concerned = evidence.Moved.Count == 0 ? eligible : [.. eligible.Where(f => evidence.Moved.Contains(f.Group))];
        var udp = evidence.Flows.Where(f => f.Protocol == FlowProtocol.Udp).ToList();
        var unmirrored = evidence.Flows.Where(f => !f.Mirrored && evidence.Moved.Contains(f.Group) && f.AgeMs >= 100).ToList();
        var lost = eligible.Where(f => !f.Survived).ToList();
        var report = new FaultReport
        {
            Name = evidence.Name,
            Eligible = eligible.Count,
            Owned = evidence.Owned,
            Protected = eligible.Count(f => IsProtected(evidence, f)),
            Survived = eligible.Count - lost.Count,
            Lost = lost.Count,
            BytesLost = evidence.Flows.Sum(f => f.BytesLost),
            Reordered = evidence.Flows.Sum(f => f.Reordered),
            TcpGapMs = Gap.Of(concerned.Where(f => f.Protocol == FlowProtocol.Tcp).Select(f => f.GapMs)),
            UdpGapMs = Gap.Of(concerned.Where(f => f.Protocol == FlowProtocol.Udp).Select(f => f.GapMs)),
            UdpSent = udp.Sum(f => f.Sent),
            UdpLost = udp.Sum(f => f.Lost),
            DetectionMs = evidence.DetectionMs,
            PromotionMs = evidence.PromotionMs,
            Connections = [.. evidence.Flows.Select(f =>
                new ConnectionOutcome(f.Id, f.Protocol, f.Eligible, IsProtected(evidence, f), f.Survived, f.GapMs, f.Bytes))],
            Unmirrored = (unmirrored.Count(f => f.Reason == nameof(FlowEnd.Reset)), unmirrored.Count, unmirrored.Max(f => f.EndedAfterMs) ?? 0),
            LostReasons = string.Join(", ", lost.GroupBy(f => f.Reason).Select(g => $"{g.Count()} {g.Key}")),
        };
        return report with { Problems = [.. evidence.Problems, .. Broken(report, expectation)] };
    }

    private static bool IsProtected(FaultEvidence evidence, FlowReport flow) => evidence.Acknowledged.Contains((flow.Protocol, flow.Local));

    private static IEnumerable<string> Broken(FaultReport report, Expectation expected)
    {
        if (report.Lost > expected.MaxLost) yield return $"{report.Lost} eligible connections lost ({report.LostReasons})";
        if (expected.MaxLost is not null && report.Eligible == 0) yield return "no eligible connection met the fault";
        if (report.Protected * 100 < expected.MinProtectedPercent * report.Eligible) yield return $"only {report.Protected} of {report.Eligible} were protected";
        if (report.TcpGapMs.Median > expected.MaxTcpGapMedian?.TotalMilliseconds) yield return $"median TCP gap {report.TcpGapMs.Median} ms";
        if (report.UdpGapMs.Median > expected.MaxUdpGapMedian?.TotalMilliseconds) yield return $"median UDP gap {report.UdpGapMs.Median} ms";
        var longest = Math.Max(report.TcpGapMs.Max, report.UdpGapMs.Max);
        if (longest > expected.MaxGap?.TotalMilliseconds) yield return $"longest gap {longest} ms";
        if (report.UdpLost > expected.MaxUdpLost) yield return $"{report.UdpLost} of {report.UdpSent} datagrams lost";
        if (expected.ResetUnmirroredWithin is { } limit && (report.Unmirrored.Reset < report.Unmirrored.Of || report.Unmirrored.LatestMs > limit.TotalMilliseconds))
            yield return $"{report.Unmirrored.Reset} of {report.Unmirrored.Of} unmirrored connections saw a reset, the last after {report.Unmirrored.LatestMs} ms";
    }
}
