using System.Globalization;
using System.Text;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Kernel.Tests.Cluster;

/// <summary>An event of the cluster as a line of text, and back.</summary>
internal static class ClusterLines
{
    /// <summary>What a large command is filled with; a line only says whether all of it is there.</summary>
    public const byte Filler = 0x5a;

    public static string Write(ClusterEvent next) => next switch
    {
        ClusterEvent.View view => $"view {view.Ring} quorate={view.Quorate} members={string.Join(',', view.Members)} joined={string.Join(',', view.Joined)} "
            + $"left={string.Join(',', view.Left.Select(departure => $"{departure.Device}:{departure.Reason}"))}",
        ClusterEvent.Command { Payload.Length: > 1000 } large =>
            $"command {large.Sender} {large.Payload.Length} bytes, equal={large.Payload.Span.IndexOfAnyExcept(Filler) < 0}",
        ClusterEvent.Command command => $"command {command.Sender} {Encoding.UTF8.GetString(command.Payload.Span)}",
        ClusterEvent.Fenced fenced => $"fenced {fenced.Device}",
        ClusterEvent.EngineLost => "lost",
        _ => throw new InvalidOperationException(next.ToString()),
    };

    /// <summary>The lines of one worker; others than events are passed over. A command's ring is that of the view before it.</summary>
    public static IReadOnlyList<ClusterEvent> Parse(IEnumerable<string> lines)
    {
        var events = new List<ClusterEvent>();
        var ring = default(RingId);
        foreach (var line in lines)
        {
            switch (line.Split(' '))
            {
                case ["view", var where, var quorate, var members, var joined, var left]:
                    ring = Ring(where);
                    events.Add(new ClusterEvent.View(
                        ring,
                        bool.Parse(Value(quorate)),
                        [.. Items(members).Select(Device)],
                        [.. Items(joined).Select(Device)],
                        [.. Items(left).Select(item => item.Split(':')).Select(item => new Departure(Device(item[0]), Enum.Parse<LeaveReason>(item[1])))]));
                    break;
                case ["command", var sender, .. var text]:
                    events.Add(new ClusterEvent.Command(ring, Device(sender), Encoding.UTF8.GetBytes(string.Join(' ', text))));
                    break;
                case ["fenced", var device] when device.Length > 0:
                    events.Add(new ClusterEvent.Fenced(Device(device)));
                    break;
                case ["lost"]:
                    events.Add(new ClusterEvent.EngineLost(""));
                    break;
                default:
                    break;
            }
        }

        return events;
    }

    public static RingId Ring(string text) =>
        new(uint.Parse(text.Split('.')[0], CultureInfo.InvariantCulture), ulong.Parse(text.Split('.')[1], CultureInfo.InvariantCulture));

    private static string Value(string pair) => pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..];

    private static string[] Items(string pair) => Value(pair).Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static DeviceId Device(string text) => new(int.Parse(text, CultureInfo.InvariantCulture));
}
