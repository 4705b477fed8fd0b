using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Tests.Cluster;

/// <summary>What every engine promises, checked on what it told the devices of one run.</summary>
public static class ClusterContract
{
    public static void Check(IReadOnlyDictionary<DeviceId, IReadOnlyList<ClusterEvent>> told, int devices)
    {
        foreach (var (device, events) in told) CheckOne(device, events, devices);
        foreach (var (first, one) in told)
        {
            foreach (var (second, other) in told)
            {
                if (first < second) CheckSameOrder(first, one, second, other);
            }
        }
    }

    private static void CheckOne(DeviceId device, IReadOnlyList<ClusterEvent> events, int devices)
    {
        ClusterEvent.View? last = null;
        foreach (var next in events)
        {
            switch (next)
            {
                case ClusterEvent.View view:
                    CheckView(device, last, view, devices);
                    last = view;
                    break;
                case ClusterEvent.Command command:
                    last.ShouldNotBeNull($"device {device}: a command before any view");
                    command.Ring.ShouldBe(last.Ring, $"device {device}: a command of another ring");
                    last.Members.ShouldContain(command.Sender, $"device {device}: a command of a device that is not there");
                    break;
                case ClusterEvent.Fenced fenced:
                    last.ShouldNotBeNull();
                    last.Members.ShouldNotContain(fenced.Device, $"device {device}: fenced, and its worker is there");
                    break;
                case ClusterEvent.EngineLost:
                    last = null;
                    break;
                default:
                    throw new InvalidOperationException(next.ToString());
            }
        }
    }

    private static void CheckView(DeviceId device, ClusterEvent.View? last, ClusterEvent.View view, int devices)
    {
        var say = $"device {device}: {view} behind {last}";
        view.Members.ShouldContain(device, say);
        Text(view.Members).ShouldBe(Text(view.Members.Distinct().Order()), say);
        if (view.Members.Length * 2 > devices) view.Quorate.ShouldBeTrue(say);
        if (last is null)
        {
            view.Joined.ShouldContain(device, say);
            return;
        }

        view.Ring.Sequence.ShouldBeGreaterThanOrEqualTo(last.Ring.Sequence, say);
        Text(last.Members.Except(view.Left.Select(departure => departure.Device)).Union(view.Joined).Order()).ShouldBe(Text(view.Members), say);
        view.Left.Select(departure => departure.Device).Except(last.Members).ShouldBeEmpty(say);
    }

    private static string Text(IEnumerable<DeviceId> devices) => string.Join(',', devices);

    /// <summary>Two devices agree on a ring's events from the point where both are in it; one may know less at the end.</summary>
    private static void CheckSameOrder(DeviceId first, IReadOnlyList<ClusterEvent> one, DeviceId second, IReadOnlyList<ClusterEvent> other)
    {
        foreach (var ring in one.OfType<ClusterEvent.View>().Select(view => view.Ring).Distinct())
        {
            var mine = CommonPart(one, first, ring, second);
            var theirs = CommonPart(other, second, ring, first);
            var shared = Math.Min(mine.Count, theirs.Count);
            mine.Take(shared).ShouldBe(theirs.Take(shared), $"devices {first} and {second} disagree on ring {ring}");
        }
    }

    /// <summary>
    /// The ring's events behind the last view in which one of the two came in; the difference each sees in that one is its own. A view
    /// without arrivals and departures is a change of votes, which has no place in the order.
    /// </summary>
    private static List<string> CommonPart(IReadOnlyList<ClusterEvent> events, DeviceId self, RingId ring, DeviceId other)
    {
        var inRing = events.Where(next => next switch
        {
            ClusterEvent.View view => view.Ring == ring && view.Joined.Length + view.Left.Length > 0,
            ClusterEvent.Command command => command.Ring == ring,
            _ => false,
        }).ToList();

        var begin = inRing.FindLastIndex(next => next is ClusterEvent.View view && view.Members.Contains(other)
            && (view.Joined.Contains(other) || view.Joined.Contains(self) || view == inRing[0]));
        return begin < 0
            ? []
            : [.. inRing.Skip(begin + 1).Select(next => next switch
            {
                ClusterEvent.View view => $"view {string.Join(',', view.Members)} +{string.Join(',', view.Joined)} -{string.Join(',', view.Left)}",
                ClusterEvent.Command command => $"command {command.Sender} {Convert.ToHexString(command.Payload.Span)}",
                _ => "",
            })];
    }
}
