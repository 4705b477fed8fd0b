using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.Persistence;

namespace ActorMirror.Domain.Connections;

/// <summary>What is to be done to the kernel's entry of one connection.</summary>
public enum KernelAction : byte
{
    Create,

    /// <summary>The entry is there with the same tuples: state, flags, the mark's closing bit and what its helper did are set.</summary>
    Update,

    /// <summary>The entry may be there with another reply tuple, mark or helper: delete by original tuple and create, in one batch.</summary>
    Replace,
    Delete,
}

/// <param name="Record">The new value; for a delete the last one: its original tuple names the entry.</param>
/// <param name="Helped">What its helper did, with a value that is new.</param>
/// <param name="Former">What it did before, as far as it is known: of that an expectation may be left.</param>
/// <param name="Sequence">The change that asks for it; with the flow it names the operation.</param>
public readonly record struct KernelOperation(
    KernelAction Action, ConnectionRecord Record, long Sequence, HelperState? Helped = null, HelperState? Former = null);

/// <summary>What one batch asks for; made once and reused.</summary>
public sealed class MirrorWork
{
    /// <summary>For the kernel, in this order.</summary>
    public List<KernelOperation> Operations { get; } = [];

    /// <summary>For the active.</summary>
    public List<Retraction> Retractions { get; } = [];

    /// <summary>For the kernel's persistence maps.</summary>
    public List<PersistenceChange> Records { get; } = [];

    public void Clear()
    {
        Records.Clear();
        Operations.Clear();
        Retractions.Clear();
    }
}
