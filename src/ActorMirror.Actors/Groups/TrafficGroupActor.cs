using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Groups;

/// <summary>What a traffic group's actor works with; the same for every life of the actor.</summary>
/// <param name="Inherit">What this device would go on with at the moment, whatever its role; a look at counters.</param>
public sealed record GroupContext(
    string Name,
    ClusterSettings Settings,
    IGroupDataPlane DataPlane,
    ICommandSender Commands,
    IActorRef<TableMessage> Table,
    Func<Inheritance> Inherit,
    IGroupObserver Observer,
    TimeProvider Time,
    ILogger Log)
{
    internal GroupMemory Memory { get; } = new();
}

/// <summary>What outlives the actor of a traffic group: where its successor begins.</summary>
internal sealed class GroupMemory
{
    /// <summary>The role told last.</summary>
    public LocalRole? Role { get; set; }

    /// <summary>What the table said last; it says it once.</summary>
    public GroupMessage.CopyChanged? Copy { get; set; }

    /// <summary>What this device had when it was decided that it becomes active, until that is reported.</summary>
    public Inheritance? Inherited { get; set; }

    /// <summary>The promotion reported last: coming up again in the same epoch is none.</summary>
    public Epoch Promoted { get; set; }
}

/// <summary>
/// The control side of one traffic group on this device: a thin shell round <see cref="GroupControl"/>. Tiny and never busy: the table
/// is another actor's, and a promotion only posts its role to it.
/// </summary>
public sealed class TrafficGroupActor(IActorRef<GroupMessage> self, GroupContext context) : Actor<GroupMessage>
{
    // An announcement is lost with a frame; 3 rounds 100 ms apart, and a late one for switches that were busy relearning.
    private static readonly TimeSpan[] AnnounceDelays = [TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100)];

    // Both forward the same entries until the new owner says that it is up, usually some milliseconds. This only ends the wait for a word that does not
    // come: a device's first promotion runs code for the first time and takes up to 100 ms on a busy machine, in which datagrams would be lost.
    private static readonly TimeSpan Overlap = TimeSpan.FromMilliseconds(250);

    // In-flight handshakes end within milliseconds of the gate, and their events may then rest; a client whose SYN it drops retries after a second, so it must be
    // short.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(5) + FlowListener.Rest;

    // A full resync of a large table may stand before the handover.
    private static readonly TimeSpan HandoverPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RetryAddresses = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider time = context.Time;
    private readonly GroupMemory memory = context.Memory;
    private GroupControl control = GroupControl.Initial;
    private LocalRole? role;
    private TimeSpan? detection;
    private TimeSpan guard = context.Settings.GuardAfter(null);
    private MoveReason reason;
    private OpenCounts inherited;
    private LossReport? loss;
    private long decidedAt;
    private long waitEndedAt;

    public override ValueTask StartAsync(bool restart)
    {
        if (restart && memory.Role is { } known) Assign(known, null);
        return ValueTask.CompletedTask;
    }

    public override ValueTask HandleAsync(GroupMessage message)
    {
        switch (message)
        {
            case GroupMessage.Assigned assigned:
                guard = assigned.Guard ?? context.Settings.GuardAfter(null);
                Assign(assigned.Role, assigned.Detection);
                break;
            case GroupMessage.Moved moved:
                Apply(moved.Input);
                break;
            case GroupMessage.LeaseGranted:
                if (control.Phase == GroupPhase.Opening) Do(GroupEffect.TryOpen, null);
                break;
            case GroupMessage.AnnounceAgain again:
                // Who has let go must not speak over the new owner's announcement.
                if (control.Phase is GroupPhase.Active or GroupPhase.Draining && control.Epoch == again.Epoch) Announce(again.Left);
                break;
            case GroupMessage.RetryAddresses retry:
                if (control.Epoch == retry.Epoch && control.IsUp == retry.Up) SetAddresses(retry.Up);
                break;
            case GroupMessage.CopyChanged copy:
                CopyChanged(copy);
                break;
            case GroupMessage.HandoverPatienceOver over:
                if (role is LocalRole.HandingOver h && h.RequestId == over.RequestId && control.Phase == GroupPhase.Active) GiveUpHandover();
                break;
            case GroupMessage.TableFlushed flushed:
                if (control.Epoch == flushed.Epoch) Apply(Outcome(flushed));
                break;
        }

        return ValueTask.CompletedTask;
    }

    private static GroupInput Outcome(GroupMessage.TableFlushed flushed) =>
        flushed.Applied ? new GroupInput.Drained(flushed.Sequence) : new GroupInput.DrainFailed("the mirror did not apply the last changes in time");

    private void Assign(LocalRole? assigned, TimeSpan? detected)
    {
        if (assigned is LocalRole.Active active && active.Epoch > control.Epoch)
        {
            decidedAt = waitEndedAt = time.GetTimestamp();
            detection = detected;
            reason = active.Reason;
            // Now, before the table is told that it is no copy any more.
            var inheritance = memory.Inherited ??= context.Inherit();
            inherited = inheritance.Held;
            loss = reason == MoveReason.Initial
                ? null
                : LossReport.Of(inheritance, inheritance.Word is { } word ? time.GetElapsedTime(word.HeardAt, decidedAt) : TimeSpan.Zero);
        }

        if (assigned is not (LocalRole.Active or LocalRole.HandingOver)) memory.Inherited = null;
        var isNewHandover = assigned is LocalRole.HandingOver h && (role as LocalRole.HandingOver)?.RequestId != h.RequestId;
        memory.Role = role = assigned;
        if (isNewHandover)
        {
            // What became of one before it, in the same epoch, says nothing of this one.
            context.Commands.Keep($"{context.Name}/release", null);
            After(HandoverPatience, new GroupMessage.HandoverPatienceOver(((LocalRole.HandingOver)assigned!).RequestId));
        }

        Apply(new GroupInput.Assigned(Now(assigned)));
        TellTable();
        context.Observer.RoleChanged(context.Name, control, role);
    }

    /// <summary>A handover begins with a complete copy: until then the group is simply active, with the target as its mirror.</summary>
    private LocalRole? Now(LocalRole? assigned) =>
        assigned is LocalRole.HandingOver h && !(memory.Copy is { Complete: true } c && c.Epoch == h.Epoch && c.Peer == h.Peer.Device)
            ? new LocalRole.Active(h.Epoch, h.Peer, PromotionWait.None, MoveReason.Forced)
            : assigned;

    private void CopyChanged(GroupMessage.CopyChanged changed)
    {
        memory.Copy = changed;
        context.Commands.Keep($"{context.Name}/copy", new ClusterCommand.MirrorStatus(context.Name, changed.Epoch, changed.Peer, changed.Complete, changed.Incarnation));
        if (role is LocalRole.HandingOver && control.Phase == GroupPhase.Active) Apply(new GroupInput.Assigned(Now(role)));
    }

    private void GiveUpHandover() => context.Commands.Keep(
        $"{context.Name}/release", new ClusterCommand.HandoverAborted(context.Name, control.Epoch, "the mirror's copy did not become complete in time"));

    private void Apply(GroupInput input)
    {
        var before = control;
        (control, var effects) = control.Handle(input);
        if (before.Phase != control.Phase)
            context.Log.LogInformation("Traffic group {Group}: {Before} -> {After} (epoch {Epoch})", context.Name, before.Phase, control.Phase, control.Epoch);
        foreach (var effect in effects) Do(effect, input);
        if (before != control) context.Observer.RoleChanged(context.Name, control, role);
        // A handover that was decided while the promotion was still on its way begins now.
        if (before.Phase == GroupPhase.Opening && control.Phase == GroupPhase.Active && role is LocalRole.HandingOver) Apply(new GroupInput.Assigned(Now(role)));
    }

    private void Do(GroupEffect effect, GroupInput? cause)
    {
        switch (effect)
        {
            case GroupEffect.StartGuard:
                After(guard, new GroupMessage.Moved(new GroupInput.GuardOver(control.Epoch)));
                break;
            case GroupEffect.StartLeaseWait:
                // The dead worker may have renewed its lease just before it died.
                After(context.Settings.Lease + TimeSpan.FromMilliseconds(60), new GroupMessage.Moved(new GroupInput.LeaseWaitOver(control.Epoch)));
                break;
            case GroupEffect.TryOpen:
                waitEndedAt = time.GetTimestamp();
                if (context.DataPlane.TryOpenGate()) Apply(new GroupInput.Opened(control.Epoch));
                break;
            case GroupEffect.AddressesUp:
                SetAddresses(up: true);
                break;
            case GroupEffect.AddressesDown:
                SetAddresses(up: false);
                break;
            case GroupEffect.Announce:
                Announce(AnnounceDelays.Length);
                break;
            case GroupEffect.CloseGate:
                context.DataPlane.CloseGate();
                break;
            case GroupEffect.GateNewConnections:
                context.DataPlane.GateNewConnections(closed: true);
                break;
            case GroupEffect.AdmitNewConnections:
                context.DataPlane.GateNewConnections(closed: false);
                break;
            case GroupEffect.Drain:
                DrainAfterSettling(control.Epoch);
                break;
            case GroupEffect.SendRelease:
                context.Commands.Keep($"{context.Name}/release", new ClusterCommand.Release(context.Name, control.Epoch, (ulong)((GroupInput.Drained)cause!).Sequence));
                break;
            case GroupEffect.SendHandoverAborted:
                context.Commands.Keep(
                    $"{context.Name}/release", new ClusterCommand.HandoverAborted(context.Name, control.Epoch, ((GroupInput.DrainFailed)cause!).Reason));
                break;
            case GroupEffect.StartOverlap:
                After(Overlap, new GroupMessage.Moved(new GroupInput.OverlapOver(control.Epoch)));
                break;
            case GroupEffect.ReportPromoted:
                ReportPromoted();
                break;
        }
    }

    private void SetAddresses(bool up)
    {
        var done = up ? context.DataPlane.RaiseAddresses() : context.DataPlane.LowerAddresses();
        if (!done) After(RetryAddresses, new GroupMessage.RetryAddresses(control.Epoch, up));
    }

    private void Announce(int left)
    {
        context.DataPlane.Announce();
        if (left > 0) After(AnnounceDelays[left - 1], new GroupMessage.AnnounceAgain(control.Epoch, left - 1));
    }

    private void ReportPromoted()
    {
        memory.Inherited = null;
        if (memory.Promoted == control.Epoch)
        {
            TellTable();
            return;
        }

        var now = time.GetTimestamp();
        var promotion = new GroupPromotion(
            control.Epoch, reason, detection, time.GetElapsedTime(decidedAt, waitEndedAt), time.GetElapsedTime(waitEndedAt, now), inherited, loss, now);
        context.Commands.Keep($"{context.Name}/release", null);
        context.Commands.Keep($"{context.Name}/promoted", new ClusterCommand.Promoted(
            context.Name, control.Epoch, detection?.TotalMilliseconds ?? double.NaN, promotion.Waited.TotalMilliseconds, promotion.Took.TotalMilliseconds,
            inherited.Open, inherited.Protected, loss));
        context.Observer.Promoted(context.Name, promotion);
        memory.Promoted = control.Epoch;
        TellTable();
    }

    private void DrainAfterSettling(Epoch epoch) => OneShot.After(time, Settle, () =>
        context.Table.TellData(new TableMessage.Flush((sequence, applied) => self.Tell(new GroupMessage.TableFlushed(epoch, sequence, applied)))));

    /// <summary>The table begins to mirror only once the group is up: a promotion does nothing that could wait.</summary>
    private void TellTable() => context.Table.Tell(new TableMessage.Role(role switch
    {
        LocalRole.Active a => new TableRole.Active(a.Epoch, control.IsUp ? a.Peer : null),
        LocalRole.HandingOver h => new TableRole.Active(h.Epoch, h.Peer),
        LocalRole.Relinquished r => new TableRole.Mirror(r.NewEpoch, r.To, r.Port),
        LocalRole.Mirror m => new TableRole.Mirror(m.Epoch, m.Of, m.Port),
        LocalRole.Cold => new TableRole.Cold(Forget: true),
        _ => new TableRole.Cold(Forget: false),
    }));

    /// <summary>A message that comes too late, even for a successor of this actor, carries an epoch that no longer fits.</summary>
    private void After(TimeSpan delay, GroupMessage message) => OneShot.After(time, delay, () => self.Tell(message));
}
