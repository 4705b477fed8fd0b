using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using static ActorMirror.Domain.Cluster.ClusterNotice;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// A planned handover, and what an active says about itself:
/// <code>
///            ForceStandby                    Release                          Promoted (of the new active)
/// active a ---------------> handover to b ------------> active b, a released ------------------------------> active b, mirror a
///    ^                          |
///    +--------------------------+  HandoverAborted, b lost, b no longer the next-active
/// </code>
/// It is a one-time move: nothing brings the group back (<see cref="GroupState.IsPinned"/>), nothing keeps the old active from taking it again when b is
/// lost. Handovers that no operator asked for go the same way.
/// </summary>
internal static class HandoverRules
{
    public static ClusterState Force(ClusterState state, DeviceId requester, ClusterCommand.ForceStandby command, List<ClusterNotice> notices)
    {
        if (!state.Groups.TryGetValue(command.Group, out var group)) return Refuse("there is no such traffic group");
        if (group is { Active: null, NextActive: null }) return Refuse("it is not active anywhere");
        if (group.Handover is not null) return Refuse("it is being handed over already");
        if (group is { Active: { } active, IsUp: false }) return Refuse($"device {active} is still being promoted");
        if (command.Target is null && group.NextActive is null) return Refuse("no other device is fit to be active");
        var target = command.Target ?? group.NextActive!.Value;
        if (target == group.Active) return Refuse($"it is active on device {target} already");
        var candidates = state.CandidatesFor(group);
        var fit = candidates.Find(c => c.Device == target);
        if (fit == default) return Refuse($"device {target} is not fit to be active");
        if (fit.Offline) return Refuse($"device {target} is offline");
        if (!fit.Healthy && candidates.Exists(c => c.Healthy)) return Refuse($"device {target} has lost a VLAN of the group");
        if (group.Active is null)
        {
            // Held back by the flap rule, which does not bind an operator. Nobody is there to hand it over.
            notices.Add(new RequestFinished(requester, command.RequestId, group.Name, Refusal: null));
            return state.With(group.Own(target, state.Position, MoveReason.Forced));
        }

        return state.With(group with
        {
            Handover = new Handover(target, requester, command.RequestId, MoveReason.Forced),
            NextActive = target,
            CopyComplete = group.CopyComplete && group.NextActive == target,
        });

        ClusterState Refuse(string reason)
        {
            notices.Add(new RequestFinished(requester, command.RequestId, command.Group, reason));
            return state;
        }
    }

    public static ClusterState Release(ClusterState state, DeviceId sender, ClusterCommand.Release command, List<ClusterNotice> notices)
    {
        if (OwnedBy(state, sender, command.Group, command.Epoch) is not { Handover: { } handover } group)
        {
            return state.Refuse(sender, $"a release of {command.Group} in epoch {command.Epoch} that nobody waits for", notices);
        }

        notices.Finish(group, handover, refusal: null);
        return state.With(group.Own(handover.Target, state.Position, handover.Reason) with
        {
            NextActive = sender,
            Handover = null,
            Released = group.Epoch,
        });
    }

    /// <summary>It ends, or the group moves without its connections where it must not stay.</summary>
    public static ClusterState Abort(ClusterState state, DeviceId sender, ClusterCommand.HandoverAborted command, List<ClusterNotice> notices)
    {
        if (OwnedBy(state, sender, command.Group, command.Epoch) is not { Handover: { } handover } group) return state;
        if (!handover.Reason.IsUrgent()) return state.With(End(group, command.Reason, notices));
        notices.Finish(group, handover, command.Reason);
        return state.With(group.Own(handover.Target, state.Position, handover.Reason) with { Handover = null });
    }

    public static ClusterState Promoted(ClusterState state, DeviceId sender, ClusterCommand.Promoted command, List<ClusterNotice> notices)
    {
        // A late report of an owner that has lost the group meanwhile is nothing to complain about.
        if (OwnedBy(state, sender, command.Group, command.Epoch) is not { IsUp: false } group) return state;
        notices.Add(new ClusterNotice.Promoted(sender, command));
        return state.With(group with { IsUp = true, Wait = PromotionWait.None, Released = Epoch.None });
    }

    public static ClusterState Copy(ClusterState state, DeviceId sender, ClusterCommand.MirrorStatus command) =>
        OwnedBy(state, sender, command.Group, command.Epoch) is { } group && group.NextActive == command.Peer
            ? state.With(group with { CopyComplete = command.Complete })
            : state;

    /// <summary>After placement: a handover whose active or target is no longer what it was cannot go on.</summary>
    public static GroupState Check(GroupState group, List<ClusterNotice> notices)
    {
        if (group.Handover is not { } handover) return group;
        if (group.Active == handover.Target)
        {
            notices.Finish(group, handover, refusal: null);
            return group with { Handover = null };
        }

        if (!group.IsUp) return End(group, "the active was lost", notices);
        return group.NextActive == handover.Target ? group : End(group, $"device {handover.Target} is no longer fit", notices);
    }

    private static GroupState End(GroupState group, string reason, List<ClusterNotice> notices)
    {
        notices.Finish(group, group.Handover!, reason);
        return group with { Handover = null };
    }

    /// <summary>An operator is answered; of what nobody waits for only a failure is told.</summary>
    private static void Finish(this List<ClusterNotice> notices, GroupState group, Handover handover, string? refusal)
    {
        if (handover.Reason == MoveReason.Forced) notices.Add(new RequestFinished(handover.Requester, handover.RequestId, group.Name, refusal));
        else if (refusal is not null) notices.Add(new NotHandedOver(group.Name, handover.Target, handover.Reason, refusal));
    }

    private static GroupState? OwnedBy(ClusterState state, DeviceId sender, string name, Epoch epoch) =>
        state.Groups.TryGetValue(name, out var group) && group.Active == sender && group.Epoch == epoch ? group : null;
}
