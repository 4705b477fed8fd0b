using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <summary>
/// Puts connections back that were taken out of the active's kernel (<c>conntrack -F</c>, <c>conntrack -D</c>, a kernel that made room): the table knows
/// them, and the guard gives half a second before a client is reset. The mirror is not told of one that is back; one that the kernel does
/// not take is lost, with its reason.
/// </summary>
internal sealed class Restoration(TableContext context, KernelFlows flows)
{
    private readonly List<KernelOperation> operations = [];
    private readonly SortedDictionary<RetractionReason, int> refused = [];
    private int removed;

    public bool IsDue => operations.Count > 0;

    public void Add(in ConnectionRecord record, HelperState? helped) => operations.Add(new KernelOperation(KernelAction.Create, record, 0, helped));

    /// <summary>Restores what was added.</summary>
    /// <param name="lifetime">A restored entry counts as used now: how long it lives without traffic.</param>
    /// <param name="lost">Is told what cannot be held.</param>
    /// <returns>Whether some had another entry in their place, made by a packet that came meanwhile: events of it are on their way, so only a dump is true.</returns>
    public bool Execute(Func<ConnectionRecord, TimeSpan> lifetime, Action<ConnectionRecord> lost)
    {
        removed += operations.Count;
        var replaced = flows.Apply(operations, lifetime, (operation, reason) =>
        {
            refused[reason] = refused.GetValueOrDefault(reason) + 1;
            lost(operation.Record);
        });
        operations.Clear();
        return replaced > 0;
    }

    /// <summary>Tells what happened since the last call, if anything did: the guard, and in one line the operator.</summary>
    public void Tell()
    {
        if (removed == 0) return;
        context.Restored();
        var failed = refused.Values.Sum();
        var reasons = failed == 0 ? "none was lost" : string.Join(", ", refused.Select(r => $"{r.Value} lost: {r.Key}"));
        context.Log.LogWarning(
            "Traffic group {Group}: {Removed} connections were taken out of this kernel's table by somebody else, {Restored} were put back ({Reasons})",
            context.Group, removed, removed - failed, reasons);
        removed = 0;
        refused.Clear();
    }
}
