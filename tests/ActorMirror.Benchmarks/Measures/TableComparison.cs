using ActorMirror.Kernel.Conntrack;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>What of an entry has to be the same on both devices: tuples and thereby translations, mark, and what the handshake negotiated.</summary>
internal readonly record struct Likeness(ConntrackTuple Reply, uint Mark, ConntrackStatus Translations, byte ScaleOriginal, byte ScaleReply, TcpFlags FlagsOriginal, TcpFlags FlagsReply)
{
    private const uint Closing = 1; // of the mark: it follows a moment later
    private const TcpFlags Negotiated = TcpFlags.WindowScale | TcpFlags.SackPerm;

    public static Likeness Of(in ConntrackEntry entry) => new(
        entry.Reply, entry.Mark & ~Closing, entry.Status & (ConntrackStatus.SrcNat | ConntrackStatus.DstNat), entry.Tcp.WindowScaleOriginal, entry.Tcp.WindowScaleReply,
        entry.Tcp.FlagsOriginal & Negotiated, entry.Tcp.FlagsReply & Negotiated);
}

/// <summary>
/// Whether two kernels hold the same connections while connections come and go: the active's table is read before and after the mirror's. What was in both pictures
/// of the active must be in the mirror's, alike; what the mirror has must have been in one of them. Pure.
/// </summary>
/// <param name="Missing">On the active all the time, not on the mirror.</param>
/// <param name="Wrong">On both, not alike.</param>
/// <param name="Ghosts">On the mirror alone.</param>
/// <param name="Compared">On the active all the time.</param>
internal sealed record TableComparison(int Missing, int Wrong, int Ghosts, int Compared)
{
    public bool IsEqual => Missing == 0 && Wrong == 0 && Ghosts == 0;

    public static TableComparison Of(
        IReadOnlyDictionary<ConntrackTuple, Likeness> before, IReadOnlyDictionary<ConntrackTuple, Likeness> mirror, IReadOnlyDictionary<ConntrackTuple, Likeness> after)
    {
        var (missing, wrong, compared) = (0, 0, 0);
        foreach (var (flow, likeness) in before)
        {
            if (!after.TryGetValue(flow, out var still) || still != likeness) continue;
            compared++;
            if (!mirror.TryGetValue(flow, out var copy)) missing++;
            else if (copy != likeness) wrong++;
        }

        return new TableComparison(missing, wrong, mirror.Keys.Count(flow => !before.ContainsKey(flow) && !after.ContainsKey(flow)), compared);
    }
}
