using System.Collections.Immutable;
using System.Diagnostics;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.Trust;
using static ActorMirror.Domain.Cluster.ClusterNotice;

namespace ActorMirror.Domain.Cluster;

/// <summary>
/// The replicated state machine: (state, next event of the total order) to (state, what was decided). No clock, no chance, no I/O:
/// devices that apply the same events from the same state agree for ever. What a hello declares is taken over by
/// <see cref="HelloRules"/>, planned handovers are in <see cref="HandoverRules"/>, who becomes active is in <see cref="Placement"/>.
/// </summary>
public static class ClusterReducer
{
    /// <summary>A quorate view. Without quorum nothing is applied at all: the state stays as it was when the quorum was lost.</summary>
    public static (ClusterState State, ImmutableArray<ClusterNotice> Notices) Apply(ClusterState state, ClusterEvent.View view)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(view);
        var after = state with { Position = state.Position.Next(view.Ring.Sequence) };
        foreach (var device in state.Devices.Values.Where(d => d.InView))
        {
            var rejoined = view.Joined.Contains(device.Id);
            if (view.Members.Contains(device.Id) && !rejoined) continue;
            var departure = view.Left.FirstOrDefault(l => l.Device == device.Id, new Departure(device.Id, LeaveReason.DeviceDown));
            after = after.Out(device.Id, Reason(departure.Reason)).With(device with { InView = false, Synced = false, Suspect = false });
        }

        foreach (var member in view.Members)
        {
            after = after.With(after.DeviceOrNew(member) with { InView = true });
        }

        return Finish(state, after, []);
    }

    /// <summary>A command in its place of the total order.</summary>
    public static (ClusterState State, ImmutableArray<ClusterNotice> Notices) Apply(ClusterState state, DeviceId sender, ClusterCommand command)
    {
        ArgumentNullException.ThrowIfNull(state);
        var notices = new List<ClusterNotice>();
        var counted = state with { Position = state.Position.Next(state.Position.Ring) };
        var after = !counted.Devices.TryGetValue(sender, out var device) || !device.InView
            ? counted.Refuse(sender, "the sender is not in the view", notices)
            : command switch
            {
                ClusterCommand.Hello c => HelloRules.Hello(counted, device, c, notices),
                ClusterCommand.StateTransfer => counted, // only its receiver cares, but every device counts it
                ClusterCommand.Synced c => device.Nonce == c.Nonce && !device.Suspect ? counted.With(device with { Synced = true }) : counted,
                ClusterCommand.ForceStandby c => HandoverRules.Force(counted, sender, c, notices),
                ClusterCommand.Release c => HandoverRules.Release(counted, sender, c, notices),
                ClusterCommand.HandoverAborted c => HandoverRules.Abort(counted, sender, c, notices),
                ClusterCommand.Promoted c => HandoverRules.Promoted(counted, sender, c, notices),
                ClusterCommand.MirrorStatus c => HandoverRules.Copy(counted, sender, c),
                ClusterCommand.Health c => counted.With(device with { FailedVlans = [.. c.FailedVlans.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] }),
                ClusterCommand.FlapsOver c => FlapRule.Over(counted, device, c),
                ClusterCommand.Revoke c => Revoke(counted, sender, c, notices),
                ClusterCommand.Suspect c => Suspect(counted, device, c, notices),
                _ => throw new UnreachableException($"no rule for {command.GetType().Name}"),
            };
        return Finish(state, after, notices);
    }

    /// <summary>
    /// The state with which a group of devices begins when none of them holds a live one: all had started, or had lost the quorum. The
    /// <paramref name="authority"/>'s last state is the base; nothing is placed before all members have it.
    /// </summary>
    public static (ClusterState State, ImmutableArray<ClusterNotice> Notices) Begin(
        ClusterState? known, ClusterEvent.View view, DeviceId authority, Attendance attendance)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(attendance);
        var state = known ?? ClusterState.Empty;
        state = state with
        {
            Position = state.Position.Next(view.Ring.Sequence),
            Settling = true,
            Devices = state.Devices.ToImmutableSortedDictionary(
                d => d.Key, d => d.Value with { InView = view.Members.Contains(d.Key), Synced = false, Suspect = false }),
        };
        foreach (var member in view.Members)
        {
            state = state.With(state.DeviceOrNew(member) with { InView = true, Suspect = attendance.Absent.Contains(member) });
        }

        foreach (var (device, hello) in attendance.Needs) state = Apply(state, device, hello).State;
        return Finish(state, state.With(state.Devices[authority] with { Synced = true }), []);
    }

    private static ClusterState Revoke(ClusterState state, DeviceId sender, ClusterCommand.Revoke command, List<ClusterNotice> notices)
    {
        var revoked = Revocation.TryAdd(state.Revoked, [command.Serial]);
        var refusal = Revocation.Normalize(command.Serial) is null ? $"'{command.Serial}' is no serial number"
            : revoked is null ? $"{Revocation.Most} certificates are revoked already: make a new authority with 'amctl trust init'"
            : null;
        notices.Add(new Revoked(sender, command.RequestId, command.Serial, refusal));
        return refusal is null ? state with { Revoked = revoked! } : state;
    }

    private static ClusterState Suspect(ClusterState state, DeviceState sender, ClusterCommand.Suspect command, List<ClusterNotice> notices)
    {
        // Of two devices that suspect each other the one that is ordered first is believed; the other is out already when it speaks.
        if (!sender.Synced || command.Device == sender.Id) return state.Refuse(sender.Id, "only a synced device may suspect another", notices);
        if (!state.Devices.TryGetValue(command.Device, out var device) || !device.InView || device.Suspect) return state;
        if (device.Incarnation != command.Incarnation) return state; // it has re-entered meanwhile
        notices.Add(new Suspected(device.Id, sender.Id, command.Reason));
        return state.Out(device.Id, MoveReason.Silent).With(device with { Synced = false, Suspect = true });
    }

    /// <summary>Places every group after each event, ends what the placement made impossible, and tells what changed.</summary>
    private static (ClusterState State, ImmutableArray<ClusterNotice> Notices) Finish(ClusterState before, ClusterState after, List<ClusterNotice> notices)
    {
        if (after.Settling && after.Devices.Values.All(d => !d.InView || d.Synced || d.Suspect)) after = Settle(after);
        if (!after.Settling) after = after.ChangeGroups(g => HandoverRules.Check(Place(after, g), notices));
        foreach (var group in after.Groups.Values)
        {
            var was = before.Groups.GetValueOrDefault(group.Name);
            if (group.Active is { } active && group.Epoch != was?.Epoch)
            {
                notices.Add(new Moved(group.Name, group.Previous, active, group.Epoch, group.Reason));
            }
            else if (group.Active is null && was?.Active is { } lost)
            {
                notices.Add(new Unserved(group.Name, lost, group.Reason));
            }

            if (group.IsHeld && was is not { IsHeld: true }) notices.Add(new Held(group.Name, group.Active ?? group.Previous, group.Flaps.Length));
            if (!group.IsHeld && was is { IsHeld: true }) notices.Add(new HoldOver(group.Name));
        }

        return (after, [.. notices]);
    }

    private static GroupState Place(ClusterState state, GroupState group)
    {
        var candidates = state.CandidatesFor(group);
        var named = group.Active is not { } active || candidates.Exists(c => c.Device == active);
        return Placement.Place(named ? group : group.Lose(MoveReason.Reconfigured), candidates, state.Position, state.IsAwaited(group));
    }

    /// <summary>
    /// All who can have the state have it. Every role was dropped before, so each group gets a new epoch; members of the view hold
    /// nothing any more, but a device that is not here may still be active without having noticed.
    /// </summary>
    private static ClusterState Settle(ClusterState state) => (state with { Settling = false }).ChangeGroups(group =>
    {
        bool Absent(DeviceId device) => !state.Devices.TryGetValue(device, out var known) || !known.InView;
        if (group.Epoch == Epoch.None)
        {
            return group with { Wait = group.Wait with { Guard = DeviceSet.Of([.. group.HaOrder.Where(Absent)]) } };
        }

        if (group.Active is not { } active) return group;
        if (Absent(active)) return group.Lose(MoveReason.DeviceDown);
        return state.IsSynced(active)
            ? group.Own(active, state.Position, MoveReason.QuorumRegained)
            : group.Lose(MoveReason.QuorumRegained);
    });

    private static MoveReason Reason(LeaveReason reason) => reason switch
    {
        LeaveReason.Left => MoveReason.Left,
        LeaveReason.ProcessDown => MoveReason.ProcessDown,
        LeaveReason.DeviceDown => MoveReason.DeviceDown,
        _ => throw new UnreachableException(),
    };
}
