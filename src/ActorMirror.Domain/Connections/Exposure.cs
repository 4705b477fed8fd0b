using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <summary>Why an open connection would not outlive the device that is active for it.</summary>
public enum Exposure : byte
{
    /// <summary>Its virtual server is not mirrored.</summary>
    MirroringOff,

    /// <summary>Not mirrored before it is old or large enough, and it is neither yet.</summary>
    ByChoice,

    /// <summary>The mirror has not acknowledged it: there is none, or it is on its way.</summary>
    NotAcknowledged,

    /// <summary>Left out because the mirror has no room.</summary>
    NoRoom,

    /// <summary>As <see cref="RetractionReason.TupleTaken"/>, and so on.</summary>
    TupleTaken,
    KernelTableFull,
    MirrorTableFull,
    Vanished,
    KernelRefused,

    /// <summary>A copy that is not in this device's kernel, of which the active's own account is not known.</summary>
    NotHeld,
}

public static class Exposures
{
    public const int Count = (int)Exposure.NotHeld + 1;

    /// <summary>Null: it is protected.</summary>
    public static Exposure? Of(Protection protection, RetractionReason reason) => (protection, reason) switch
    {
        (Protection.Protected, _) => null,
        (Protection.Unsent or Protection.Pending, _) => Exposure.NotAcknowledged,
        (Protection.Unmirrored, _) => Exposure.NoRoom,
        (Protection.Deferred, _) => Exposure.ByChoice,
        (Protection.Retracted, RetractionReason.TupleTaken) => Exposure.TupleTaken,
        (Protection.Retracted, RetractionReason.KernelTableFull) => Exposure.KernelTableFull,
        (Protection.Retracted, RetractionReason.MirrorTableFull) => Exposure.MirrorTableFull,
        (Protection.Retracted, RetractionReason.Vanished) => Exposure.Vanished,
        (Protection.Retracted, RetractionReason.KernelRefused) => Exposure.KernelRefused,
        _ => throw new ArgumentOutOfRangeException(nameof(protection), (protection, reason), "no such protection"),
    };
}

/// <summary>Exposed connections by reason, at one moment.</summary>
public sealed class ExposureCounts : IEquatable<ExposureCounts>
{
    public static readonly ExposureCounts None = new([]);

    private readonly int[] counts = new int[Exposures.Count];

    /// <param name="counts">In the order of <see cref="Exposure"/>; what is missing is 0, what is beyond it (a later release's) is not known here.</param>
    public ExposureCounts(ReadOnlySpan<int> counts) => counts[..Math.Min(counts.Length, Exposures.Count)].CopyTo(this.counts);

    public ReadOnlySpan<int> InOrder => counts;

    public int Total => counts.Sum();

    /// <summary>Only the reasons there are.</summary>
    public IEnumerable<(Exposure Why, int Connections)> Reasons => counts.Select((count, why) => ((Exposure)why, count)).Where(r => r.count > 0);

    public int this[Exposure why] => counts[(int)why];

    public ExposureCounts With(Exposure why, int connections)
    {
        var changed = new ExposureCounts(counts);
        changed.counts[(int)why] = connections;
        return changed;
    }

    public static ExposureCounts operator +(ExposureCounts left, ExposureCounts right)
    {
        var sum = new ExposureCounts(left.counts);
        for (var why = 0; why < Exposures.Count; why++) sum.counts[why] += right.counts[why];
        return sum;
    }

    public bool Equals(ExposureCounts? other) => other is not null && counts.AsSpan().SequenceEqual(other.counts);

    public override bool Equals(object? obj) => Equals(obj as ExposureCounts);

    public override int GetHashCode() => Total;

    public override string ToString() => string.Join(", ", Reasons.Select(r => $"{r.Connections} {r.Why}"));
}

/// <summary>
/// Counts exposed connections as they come, change and go. Written by the table's owner; read by anyone at any time, each number as it is at that moment.
/// </summary>
public sealed class ExposureTally
{
    private readonly int[] counts = new int[Exposures.Count];

    public ExposureCounts Counts
    {
        get
        {
            Span<int> now = stackalloc int[Exposures.Count];
            for (var why = 0; why < now.Length; why++) now[why] = Volatile.Read(ref counts[why]);
            return new ExposureCounts(now);
        }
    }

    internal void Add(Exposure why, int change) => Volatile.Write(ref counts[(int)why], counts[(int)why] + change);
}
