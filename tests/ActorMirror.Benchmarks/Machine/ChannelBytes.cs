using System.Globalization;
using System.Text.RegularExpressions;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Benchmarks.Machine;

/// <summary>What a TCP connection carried, as the kernel counts it (ss(8), tcp_info): payload without retransmissions, and segments.</summary>
/// <param name="Local">Address and port of this end: another one is another connection.</param>
internal sealed partial record ChannelBytes(string Local, long Sent, long Received, long SegmentsSent, long SegmentsReceived)
{
    // Ethernet without preamble and check sum, IPv4, TCP with timestamps.
    private const int HeadersOfSegment = 14 + 20 + 32;

    /// <summary>Payload of both directions.</summary>
    public long Payload => Sent + Received;

    /// <summary>Payload and headers of both directions.</summary>
    public long OnTheWire => Payload + HeadersOfSegment * (SegmentsSent + SegmentsReceived);

    /// <exception cref="CommandException">There is not exactly one connection to that port.</exception>
    public static async Task<ChannelBytes> ReadAsync(string networkNamespace, int port) =>
        Parse(await Shell.RequireAsync("ip", ["netns", "exec", networkNamespace, "ss", "-tinOH", "state", "established", "dport", "=", $":{port}"]))
        ?? throw new CommandException($"there is not exactly one mirror channel to port {port}");

    /// <param name="text">One line per connection, as <c>ss -tinOH</c> prints it: Recv-Q, Send-Q, local, peer, tcp_info.</param>
    internal static ChannelBytes? Parse(string text)
    {
        if (text.Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [var line]) return null;
        var local = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).First(w => w.Contains(':', StringComparison.Ordinal));
        var counts = Count().Matches(line).ToDictionary(m => m.Groups[1].Value, m => long.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        return new ChannelBytes(local, Of("bytes_acked"), Of("bytes_received"), Of("segs_out"), Of("segs_in"));

        long Of(string name) => counts.GetValueOrDefault(name);
    }

    /// <exception cref="CommandException">Two connections: nothing is known of what lies between.</exception>
    public static ChannelBytes operator -(ChannelBytes later, ChannelBytes earlier) => later.Local == earlier.Local
        ? new(later.Local, later.Sent - earlier.Sent, later.Received - earlier.Received, later.SegmentsSent - earlier.SegmentsSent, later.SegmentsReceived - earlier.SegmentsReceived)
        : throw new CommandException("the mirror channel was opened anew meanwhile");

    [GeneratedRegex(@"\b(bytes_acked|bytes_received|segs_out|segs_in):(\d+)")]
    private static partial Regex Count();
}
