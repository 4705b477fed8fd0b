using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorMirror.Lab.Traffic;

/// <summary>
/// One line of a client's stdin. Commands: <c>open</c> (with <see cref="Flow"/>), <c>window</c> (a new one begins), <c>fault</c> (with
/// <see cref="At"/>), <c>checkpoint</c> (every flow has to move from here on), <c>progress</c>, <c>connections</c>, <c>report</c>,
/// <c>stop</c>. Each is answered by one line on stdout.
/// </summary>
internal sealed record TrafficCommand(string Command, FlowSpec? Flow = null, long At = 0);

/// <summary>How the flows stand. Counts.</summary>
internal sealed record TrafficProgress
{
    public long At { get; init; }

    /// <summary>Flows that were asked for and are neither open nor ended; without short-lived ones, which always come and go.</summary>
    public int Opening { get; init; }

    public int Open { get; init; }

    public int Ended { get; init; }

    public int Eligible { get; init; }

    /// <summary>Eligible flows that moved data both ways since the checkpoint.</summary>
    public int Moving { get; init; }

    public int EligibleEnded { get; init; }

    /// <summary>Groups of open flows that are not mirrored and are older than the fault.</summary>
    public IReadOnlyList<string> Unmirrored { get; init; } = [];

    /// <summary>Mirrored flows that ended, or could not be opened, since the start without a fault to blame.</summary>
    public int LostBetweenFaults { get; init; }

    public string LostReasons { get; init; } = "";

    /// <summary>Messages that arrived at the client, all flows.</summary>
    public long Messages { get; init; }
}

internal sealed record FlowReport
{
    public uint Id { get; init; }

    public required string Flow { get; init; }

    public required string Group { get; init; }

    public FlowProtocol Protocol { get; init; }

    public bool Mirrored { get; init; }

    /// <summary>Address and port of the client's socket.</summary>
    public required string Local { get; init; }

    public required string Target { get; init; }

    /// <summary>Age at the fault.</summary>
    public double AgeMs { get; init; }

    /// <summary>Mirrored, open and at least 100 ms old at the fault.</summary>
    public bool Eligible { get; init; }

    /// <summary>Eligible, on the same socket, and moved data in both directions before and after.</summary>
    public bool Survived { get; init; }

    /// <summary>How it ended, or "silent".</summary>
    public string? Reason { get; init; }

    public double? EndedAfterMs { get; init; }

    /// <summary>Longest silence of the window, in either direction.</summary>
    public double GapMs { get; init; }

    /// <summary>Checked bytes of both directions since the flow was opened.</summary>
    public long Bytes { get; init; }

    public long BytesLost { get; init; }

    /// <summary>Messages of both directions in the window, likewise the counts that follow.</summary>
    public long Sent { get; init; }

    public long Lost { get; init; }

    public long Reordered { get; init; }

    public long Duplicated { get; init; }
}

/// <summary>An open flow, as needed to look it up at a device.</summary>
/// <param name="OpenedAt">When its handshake was done, monotonic nanoseconds.</param>
internal sealed record OpenFlow(uint Id, FlowProtocol Protocol, string Local, string Target, string Group, bool Mirrored, double AgeMs, long OpenedAt);

internal sealed record TrafficReply
{
    public TrafficProgress? Progress { get; init; }

    public IReadOnlyList<OpenFlow>? Connections { get; init; }

    public IReadOnlyList<FlowReport>? Report { get; init; }

    public string? Error { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrafficCommand))]
[JsonSerializable(typeof(TrafficReply))]
internal sealed partial class TrafficJson : JsonSerializerContext;
