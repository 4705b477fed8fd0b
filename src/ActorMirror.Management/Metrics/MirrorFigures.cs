using System.Collections.Immutable;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Management.Metrics;

/// <summary>This device's ends of mirror channels. A counter begins anew with the role that has it.</summary>
internal static class MirrorFigures
{
    private static readonly string[] Channel = ["traffic_group", "channel", "direction", "peer"];

    public static void Draw(Picture picture, ImmutableArray<MirrorReport> mirrors)
    {
        var state = picture.Gauge("mirror_state", "1 for the state the channel is in.", [.. Channel, "state"]);
        var complete = picture.Gauge("mirror_complete", "1 when the mirror holds everything the active has acknowledged to count.", Channel);
        var lag = picture.Gauge("mirror_lag_changes", "Changes that are not acknowledged (outgoing), or not in the kernel (incoming).", Channel);
        var lagBytes = picture.Gauge("mirror_lag_bytes", "What the changes that are not acknowledged take on the wire.", Channel);
        var lagTime = picture.Gauge("mirror_lag_seconds", "Age of the oldest change that is not acknowledged.", Channel);
        var bytes = picture.Counter("mirror_bytes_total", "Bytes sent (outgoing) or received (incoming) on the channel, without TLS and TCP.", Channel);
        var changes = picture.Counter("mirror_changes_total", "Changes numbered (outgoing) or received (incoming).", Channel);
        var transitions = picture.Counter("mirror_transitions_total", "How often the state changed.", Channel);
        var desyncs = picture.Counter("mirror_desyncs_total", "How often a queue or a table overflowed, so that a resync followed.", Channel);
        var resyncs = picture.Counter("mirror_resyncs_total", "How often the whole table was sent.", Channel);
        var notHeld = picture.Gauge("mirror_not_held", "Connections the mirror does not hold though it was told of them.", [.. Channel, "reason"]);
        var repaired = picture.Counter("mirror_repaired_total", "Connections that comparing the copy with the table put right.", [.. Channel, "kind"]);
        foreach (var mirror in mirrors)
        {
            string[] at = [mirror.TrafficGroup, Picture.Text(mirror.Channel), Picture.Word(mirror.Direction), mirror.Peer];
            Picture.States(state, mirror.State, at);
            complete(Picture.Flag(mirror.Complete), at);
            lag(mirror.LagChanges, at);
            if (mirror.LagBytes is { } waiting) lagBytes(waiting, at);
            lagTime(mirror.OldestUnackedMs / 1000, at);
            bytes(mirror.Bytes, at);
            changes(mirror.SequenceAppended, at);
            transitions(mirror.Transitions, at);
            desyncs(mirror.Desyncs, at);
            resyncs(mirror.Resyncs, at);
            foreach (var (reason, count) in mirror.NotHeld) notHeld(count, [.. at, reason]);
            repaired(mirror.Repaired.Ghosts, [.. at, "ghost"]);
            repaired(mirror.Repaired.Missing, [.. at, "missing"]);
            repaired(mirror.Repaired.Wrong, [.. at, "wrong"]);
        }
    }
}
