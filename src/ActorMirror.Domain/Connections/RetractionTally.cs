using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <summary>
/// How many connections a mirror does not have though it was told of them, by reason. Written by the table's owner; read by anyone at any time, each number as
/// it is at that moment.
/// </summary>
public sealed class RetractionTally
{
    private readonly int[] counts = new int[(int)RetractionReason.KernelRefused + 1];

    public int Of(RetractionReason reason) => Volatile.Read(ref counts[(int)reason]);

    internal void Add(RetractionReason reason, int change) => Volatile.Write(ref counts[(int)reason], counts[(int)reason] + change);
}
