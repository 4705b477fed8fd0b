namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// What a device tells of a score that changes with every member that comes and goes: a fall at once, a rise when it has stood for as long as the
/// damping, and then no more than the lowest of that time. A member that flaps costs one message.
/// <code>
/// seen   50 50 25 50 25 50 50 50 50
/// told   50 50 25 25 25 25 25 25 50
///                       |- damping |
/// </code>
/// </summary>
/// <param name="Told">The value that counts.</param>
/// <param name="Lowest">Of those seen since <paramref name="Since"/>; all were higher than what is told.</param>
/// <param name="Since">On a clock that never jumps; null: what was seen last is what is told.</param>
public readonly record struct DampedScore(int Told, int Lowest, TimeSpan? Since)
{
    public static DampedScore First(int seen) => new(seen, seen, null);

    public DampedScore See(int seen, TimeSpan now, TimeSpan damping)
    {
        if (seen <= Told) return First(seen);
        if (Since is not { } since) return new(Told, seen, now);
        var lowest = Math.Min(Lowest, seen);
        if (now - since < damping) return this with { Lowest = lowest };
        return seen == lowest ? First(lowest) : new(lowest, seen, now);
    }
}
