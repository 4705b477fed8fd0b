using System.Collections.Concurrent;

namespace ActorMirror.Domain.Connections;

/// <summary>Open connections: those of which neither side has begun to close.</summary>
/// <param name="Protected">Of those, the ones that outlive this device (on the active), or are in this device's kernel (on the mirror).</param>
public readonly record struct OpenCounts(int Open, int Protected)
{
    public static OpenCounts operator +(OpenCounts left, OpenCounts right) => new(left.Open + right.Open, left.Protected + right.Protected);
}

/// <summary>
/// Counts the open connections of a table as they come, change and go, in all and by mark, so that nobody has to walk through the table for a
/// number. Written by the table's owner; read by anyone at any time, each number as it is at that moment.
/// </summary>
public sealed class OpenTally
{
    // Marks come from the configuration: as many as virtual servers have members.
    private readonly ConcurrentDictionary<uint, Counter> byMark = new();
    private readonly Counter total = new();

    public OpenCounts Total => total.Counts;

    /// <summary>Of one member of one virtual server.</summary>
    public OpenCounts Of(FlowMark mark) => byMark.TryGetValue(mark.Value & ~FlowMark.Closing, out var counter) ? counter.Counts : default;

    internal void Enter(in ConnectionRecord record, bool isProtected) => Add(record, isProtected, 1);

    /// <summary>What was entered with the same values is no longer so.</summary>
    internal void Leave(in ConnectionRecord record, bool isProtected) => Add(record, isProtected, -1);

    internal void Add(in ConnectionRecord record, bool isProtected, int count)
    {
        if (!record.IsOpen) return;
        var mark = record.Mark.Value & ~FlowMark.Closing;
        if (!byMark.TryGetValue(mark, out var counter)) counter = byMark.GetOrAdd(mark, static _ => new Counter());
        counter.Add(count, isProtected ? count : 0);
        total.Add(count, isProtected ? count : 0);
    }

    private sealed class Counter
    {
        private int open;
        private int safe;

        public OpenCounts Counts => new(Volatile.Read(ref open), Volatile.Read(ref safe));

        public void Add(int connections, int protectedOnes)
        {
            Volatile.Write(ref open, open + connections);
            Volatile.Write(ref safe, safe + protectedOnes);
        }
    }
}
