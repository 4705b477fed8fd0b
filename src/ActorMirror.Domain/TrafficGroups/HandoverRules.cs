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
/// It is a one-time move: nothing brings the group back, nothing keeps the old active from taking it again when b is lost.
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
        if (!fit.Healthy && candidates.Exists(c => c.Healthy)) return Refuse($"device {target} has lost a VLAN of the group");
        if (group.Active is null)
        {
            // Held back by the flap rule, which does not bind an operator. Nobody is there to hand it over.
            notices.Add(new RequestFinished(requester, command.RequestId, group.Name, Refusal: null));
            return state.With(group.Own(target, state.Position, MoveReason.Forced));
        }

        return state.With(group with
        {
            Handover = new Handover(target, requester, command.RequestId),
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

        notices.Add(new RequestFinished(handover.Requester, handover.RequestId, group.Name, Refusal: null));
        return state.With(group.Own(handover.Target, state.Position, MoveReason.Forced) with
        {
            NextActive = sender,
            Handover = null,
            Released = group.Epoch,
        });
    }

    public static ClusterState Abort(ClusterState state, DeviceId sender, ClusterCommand.HandoverAborted command, List<ClusterNotice> notices) =>
        OwnedBy(state, sender, command.Group, command.Epoch) is { Handover: not null } group
            ? state.With(End(group, command.Reason, notices))
            : state;

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
            notices.Add(new RequestFinished(handover.Requester, handover.RequestId, group.Name, Refusal: null));
            return group with { Handover = null };
        }

        if (!group.IsUp) return End(group, "the active was lost", notices);
        return group.NextActive == handover.Target ? group : End(group, $"device {handover.Target} is no longer fit", notices);
    }

    private static GroupState End(GroupState group, string reason, List<ClusterNotice> notices)
    {
        var handover = group.Handover!;
        notices.Add(new RequestFinished(handover.Requester, handover.RequestId, group.Name, reason));
        return group with { Handover = null };
    }

    private static GroupState? OwnedBy(ClusterState state, DeviceId sender, string name, Epoch epoch) =>
        state.Groups.TryGetValue(name, out var group) && group.Active == sender && group.Epoch == epoch ? group : null;
}
