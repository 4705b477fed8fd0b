using System.Collections.Immutable;
using ActorMirror.Journal;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>The audit of the management interface, in the journal.</summary>
internal sealed class JournalAudit(IJournal journal) : IAuditLog
{
    public void Record(AuditReport change) =>
        journal.Record(new Audit(change.At, change.Actor, change.From, change.Action, change.Object, change.Status, change.Detail));

    public async Task<ImmutableArray<AuditReport>> ReadAsync(int limit, CancellationToken cancellation) =>
        [.. (await journal.AuditsAsync(limit, cancellation)).Select(a => new AuditReport(a.At, a.Actor, a.From, a.Action, a.Object, a.Status, a.Detail))];
}
