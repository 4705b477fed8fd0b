using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>
/// Names one stream of changes: a traffic group, one ownership of it, and one life of the table behind it (a restarted table counts
/// its changes anew, so it must not be taken for the old one). Each channel of a traffic group has a table of its own.
/// </summary>
/// <param name="TrafficGroup">The number of the traffic group, 1 to 63 (see <see cref="Connections.FlowMark"/>).</param>
/// <param name="Incarnation">Any number that no earlier table of this epoch had.</param>
public readonly record struct StreamId(int TrafficGroup, Epoch Epoch, ulong Incarnation)
{
    public static readonly StreamId None;

    public override string ToString() => $"{TrafficGroup}/{Epoch}/{Incarnation:x}";
}
