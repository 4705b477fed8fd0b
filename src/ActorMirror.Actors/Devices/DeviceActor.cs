using System.Collections.Immutable;
using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Runtime;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Devices;

/// <summary>
/// Feeds the total order to this device's <see cref="ClusterReplica"/> and carries out what follows: a thin shell. Roles go to the actors of
/// the traffic groups; what they state goes back into the total order.
/// </summary>
public sealed class DeviceActor(IActorRef<DeviceMessage> self, DeviceContext context) : Actor<DeviceMessage>
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    private readonly SilenceWatch silence = new(context);
    private readonly Dictionary<ulong, TaskCompletionSource<string?>> requests = [];
    private ITimer? ticker;
    private TimeSpan sinceRetry;
    private ulong lastRequest = (ulong)context.Time.GetTimestamp();

    private ClusterReplica Replica => context.Replica;

    private Outbox Outbox => context.Outbox;

    public override ValueTask StartAsync(bool restart)
    {
        ticker = context.Time.CreateTimer(_ => self.Tell(new DeviceMessage.Tick()), null, TickInterval, TickInterval);
        if (restart)
        {
            Finish();
            RetellRoles();
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask HandleAsync(DeviceMessage message)
    {
        switch (message)
        {
            case DeviceMessage.Ordered { Event: ClusterEvent.Fenced fenced }:
                foreach (var group in context.Environment.Groups) group.Tell(new GroupMessage.Moved(new GroupInput.Fenced(fenced.Device)));
                break;
            case DeviceMessage.Ordered ordered:
                if (!ReferenceEquals(ordered.Event, context.Applied))
                {
                    context.Applied = ordered.Event;
                    Apply(Replica.Handle(ordered.Event));
                }

                if (ordered.Event is ClusterEvent.View view) ViewChanged(view);
                break;
            case DeviceMessage.LeaseGranted:
                foreach (var group in context.Environment.Groups) group.Tell(new GroupMessage.LeaseGranted());
                break;
            case DeviceMessage.LeaseLost lost:
                context.Lease.Reset();
                Apply(Replica.Reenter(lost.Reason));
                break;
            case DeviceMessage.LinksChanged links:
                Keep("links", new ClusterCommand.Health(links.FailedVlans));
                break;
            case DeviceMessage.Keep keep:
                Keep(keep.Key, keep.Command);
                break;
            case DeviceMessage.ForceStandby force:
                ForceStandby(force);
                break;
            case DeviceMessage.SetOffline offline:
                SetOffline(offline);
                break;
            case DeviceMessage.ScoresSeen seen:
                context.Scores.See(seen.Scores);
                break;
            case DeviceMessage.Revoke revoke:
                Request(id => new ClusterCommand.Revoke(revoke.Serial, id), revoke.Done);
                break;
            case DeviceMessage.Loaded:
                Finish();
                break;
            case DeviceMessage.Tick:
                Tick();
                break;
        }

        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (ticker is not null) await ticker.DisposeAsync();
        foreach (var request in requests.Values) request.TrySetResult("the actor of this device was restarted; look where the traffic group is");
        await base.DisposeAsync();
    }

    private void Apply((ClusterReplica Replica, ImmutableArray<ReplicaEffect> Effects) outcome)
    {
        var (before, wasIn) = (context.Replica.State, context.IsIn);
        context.Replica = outcome.Replica;
        if (Replica.State?.Revoked is { } revoked && revoked != before?.Revoked) context.Environment.RevokedChanged(revoked);
        if (Replica.State?.OfflineWords is { IsEmpty: false } words && !words.SequenceEqual(before?.OfflineWords ?? [])) context.Environment.OfflineChanged(words);
        foreach (var effect in outcome.Effects) context.Unfinished.Enqueue((Replica.View?.Ring, effect));
        Finish();
        if (!wasIn && context.IsIn) Outbox.Entered();
    }

    /// <summary>Carries out what is due, up to a load that is not done. What waited behind one may be over: then it is not done any more.</summary>
    private void Finish()
    {
        while (context.Unfinished.TryPeek(out var due))
        {
            switch (due.Effect)
            {
                case ReplicaEffect.Send send:
                    if (due.Ring == Replica.View?.Ring) Outbox.Send(send.Command);
                    break;
                case ReplicaEffect.Entered entered:
                    if (!context.Ruleset.IsDone(entered.State, self)) return;
                    break;
                case ReplicaEffect.SetRole role:
                    if (role.Role != CurrentRole(role.Group)) break;
                    context.Environment.Group(role.Group)?.Tell(new GroupMessage.Assigned(role.Role, Detection(role), Guard(role)));
                    break;
                case ReplicaEffect.DropRoles drop:
                    context.Log.LogWarning("All roles are dropped: {Reason}", drop.Reason);
                    context.LastDrop = new RolesDropped(drop.Reason);
                    DropRoles();
                    break;
                case ReplicaEffect.Tell tell:
                    Decided(tell.Notice);
                    break;
            }

            context.Unfinished.Dequeue();
        }
    }

    private LocalRole? CurrentRole(string group) => Replica is { Phase: SyncPhase.Established live } ? live.State.RoleOf(Replica.Self, group) : null;

    /// <summary>From the last heartbeat of the lost owner to now.</summary>
    private TimeSpan? Detection(ReplicaEffect.SetRole role) =>
        role.Role is LocalRole.Active { Reason: MoveReason.DeviceDown or MoveReason.ProcessDown or MoveReason.Silent }
        && Replica.State?.Groups.GetValueOrDefault(role.Group)?.Previous is { } lost
            ? context.Lease.SilenceOf(lost)
            : null;

    /// <summary>Until the lease of every owner lost without a word is over.</summary>
    private TimeSpan? Guard(ReplicaEffect.SetRole role) => role.Role is LocalRole.Active { Wait.Guard: { IsEmpty: false } lost }
        ? lost.Members().Max(device => context.Model.Cluster.GuardAfter(context.Lease.SilenceOf(device)))
        : null;

    private void DropRoles()
    {
        foreach (var group in context.Environment.Groups) group.Tell(new GroupMessage.Assigned(null, null));
    }

    private void RetellRoles()
    {
        if (Replica.Phase is not SyncPhase.Established live) return;
        foreach (var name in live.State.Groups.Keys) context.Environment.Group(name)?.Tell(new GroupMessage.Assigned(CurrentRole(name), null));
    }

    private void ViewChanged(ClusterEvent.View view)
    {
        context.Log.LogInformation("View {Ring}: members {Members}, {Quorum}", view.Ring, string.Join(",", view.Members), view.Quorate ? "quorate" : "no quorum");
        silence.ViewChanged();
        context.Lease.ForgetAbsent(view.Members);
        Outbox.ViewChanged();
        context.Environment.AloneChanged(view is { Quorate: true, Members.Length: 1 });
    }

    private void Keep(string key, ClusterCommand? command)
    {
        if (!Outbox.Keep(key, command)) context.Log.LogError("More than {Most} statements at once; {Key} is not sent", Outbox.MostKept, key);
    }

    private void ForceStandby(DeviceMessage.ForceStandby force)
    {
        var target = force.Target is null ? null : context.Model.Devices.FirstOrDefault(d => d.Name == force.Target);
        if (force.Target is not null && target is null) force.Done.TrySetResult($"there is no device '{force.Target}'");
        else Request(id => new ClusterCommand.ForceStandby(force.Group, target?.Id, id), force.Done);
    }

    private void SetOffline(DeviceMessage.SetOffline offline)
    {
        if (context.Model.Devices.FirstOrDefault(d => d.Name == offline.Device) is not { } device) offline.Done.TrySetResult($"there is no device '{offline.Device}'");
        else Request(id => new ClusterCommand.SetOffline(device.Id, offline.Offline, id), offline.Done);
    }

    private void Request(Func<ulong, ClusterCommand> command, TaskCompletionSource<string?> done)
    {
        if (Replica.Phase is not SyncPhase.Established) done.TrySetResult("this device is not in a quorate group now");
        else if (Outbox.Send(command(++lastRequest))) requests.Add(lastRequest, done);
        else done.TrySetResult("the cluster takes no commands now");
    }

    private void Decided(ClusterNotice notice)
    {
        context.Log.LogInformation("{Notice}", notice);
        var (requester, id, refusal) = notice switch
        {
            ClusterNotice.RequestFinished finished => (finished.Requester, finished.RequestId, finished.Refusal),
            ClusterNotice.Revoked revoked => (revoked.Requester, revoked.RequestId, revoked.Refusal),
            ClusterNotice.OfflineSet offline => (offline.Requester, offline.RequestId, null),
            _ => default,
        };
        if (requester == Replica.Self && requests.Remove(id, out var done)) done.TrySetResult(refusal);
        context.Environment.Decided(notice);
    }

    private void Tick()
    {
        context.Lease.SignOfLife();
        Outbox.Retry();
        if ((sinceRetry += TickInterval) >= RetryInterval)
        {
            sinceRetry = TimeSpan.Zero;
            context.Environment.SignOfLife();
            Finish();
            if (Replica.IsWaiting) Apply(Replica.Retry());
            foreach (var over in context.Flaps.Look(Replica)) Outbox.Send(over);
            foreach (var due in context.Failbacks.Look(Replica)) Outbox.Send(due);
            if (context.Scores.Tell() is { } scores) Keep("scores", scores);
            if (context.Scores.Look(Replica) is { } settled) Outbox.Send(settled);
        }

        if (silence.Silent(Replica) is { } suspect) Outbox.Send(suspect);
    }
}
