using System.Collections.Immutable;
using System.Diagnostics;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>A device of the HA order as the placement of one group sees it.</summary>
/// <param name="Score">Of the group's HA group, as it counts; null with other methods, and before it told one.</param>
/// <param name="Told">The same as the device told it last; differs while it does not count yet.</param>
/// <param name="Load">Of all groups it is active or next-active for.</param>
public sealed record DeviceStanding(DeviceId Device, string Verdict, int? Score, int? Told, DeviceLoad Load);

/// <summary>Why a traffic group is where it is, in sentences, and what would change it. Made of the replicated state, so every device says the same.</summary>
public sealed record PlacementExplanation(
    string WhyActive, string WhyNextActive, ImmutableArray<DeviceStanding> Devices, ImmutableArray<string> Changes)
{
    public static PlacementExplanation Of(ClusterState state, GroupState group, Func<DeviceId, string> nameOf) => new Words(state, group, nameOf).Explain();

    private sealed class Words(ClusterState state, GroupState group, Func<DeviceId, string> nameOf)
    {
        private readonly FailoverPolicy policy = group.Policy;
        private readonly List<Candidate> candidates = state.CandidatesFor(group);
        private readonly DeviceId? failback = state.FailbackTarget(group);

        public PlacementExplanation Explain() => new(WhyActive(), WhyNextActive(), [.. group.HaOrder.Select(Standing)], [.. Changes()]);

        private string WhyActive() => (state.Settling, group.Active) switch
        {
            (true, _) => "nothing is decided yet: the devices wait for each other",
            (_, { }) => WhyMoved(),
            _ when group.Epoch == Epoch.None => "it was not placed yet: no device of its HA order is fit",
            _ => $"nobody serves it: {WhyMoved()}, and {WhyUnserved()}",
        };

        private string WhyUnserved() => FlapRule.HoldsBack(group) ? "failures move it no further"
            : state.IsAwaited(group) ? "it is about to be back with the connections, of which nobody else holds a complete copy"
            : "no other device is fit";

        private string WhyMoved()
        {
            var old = group.Previous is { } previous && previous != group.Active ? nameOf(previous) : "the last active";
            return group.Reason switch
            {
                MoveReason.Initial => "first placement: the best of the devices that were fit then",
                MoveReason.DeviceDown => $"{old} was lost without a word",
                MoveReason.ProcessDown => $"the daemon of {old} died",
                MoveReason.Left => $"{old} left in good order",
                MoveReason.Silent => $"the heartbeats of {old} were silent",
                MoveReason.Reentered => $"{old} gave up its roles by itself",
                MoveReason.LinkDown => $"{old} lost a VLAN of the group",
                MoveReason.Forced => $"an operator moved it from {old}",
                MoveReason.QuorumRegained => "all devices had lost the quorum",
                MoveReason.Reconfigured => $"the configuration no longer names {old} for it",
                MoveReason.Failback => $"it went back from {old}: its HA order prefers this device",
                MoveReason.HaGroup => $"its score was higher here than on {old}",
                MoveReason.Offline => $"an operator took {old} offline",
                _ => throw new UnreachableException(),
            };
        }

        private string WhyNextActive()
        {
            if (group.NextActive is not { } next) return "no other device is fit";
            List<Candidate> others = [.. candidates.Where(c => !c.Offline && c.Device != group.Active)];
            var chosen = others.Find(c => c.Device == next);
            if (chosen == default) return "it is about to change";
            others.Remove(chosen);
            return Ranking.NextActive(group, others) is { } second ? Why(chosen, second) : "no other device is fit";
        }

        private string Why(in Candidate first, in Candidate second)
        {
            var (name, other) = (nameOf(first.Device), nameOf(second.Device));
            return Ranking.Why(group, failback, first, second) switch
            {
                Criterion.Health => $"{other} has lost a VLAN of the group",
                Criterion.Handover => $"the group is being handed over to {name}",
                Criterion.Failback => $"the group is to go back to {name}, which its HA order prefers",
                Criterion.Score => $"the score of {name} is {first.Score}, that of {other} {Known(second.Score)}",
                Criterion.Load => $"with the group the load of {name} is {first.Load}, that of {other} would be {second.Load}",
                Criterion.Copy => $"{name} holds the copy (prefer-warm)",
                _ => $"{name} stands before {other} in the HA order",
            };
        }

        private DeviceStanding Standing(DeviceId id)
        {
            var device = state.Devices.GetValueOrDefault(id);
            int? Of(ImmutableSortedDictionary<string, int>? scores) =>
                policy.Method == FailoverMethod.HaGroup && scores is not null && scores.TryGetValue(policy.HaGroup, out var score) ? score : null;
            return new DeviceStanding(id, Verdict(id, device), Of(device?.CountedScores), Of(device?.Scores), DeviceLoad.Of(state, id));
        }

        private string Verdict(DeviceId id, DeviceState? device) => device switch
        {
            null or { InView: false, Offline: false } => "absent",
            { Offline: true } when id == group.Active => "active, and to give it away: an operator took it offline",
            { InView: false } => "absent, and offline",
            { Offline: true } => "offline: 'amctl device release' brings it back",
            { Suspect: true } => "silent",
            { Synced: false } => "joining",
            _ when !device.Groups.Contains(group.Name) => "its configuration does not have the group",
            _ when device.Channels > group.Channels => "it wants more mirror channels than the group has ports for",
            _ when id == group.Active => "active",
            _ when id == group.NextActive => $"next-active{(group.CopyComplete ? ", its copy is complete" : ", its copy is not complete")}",
            _ => Behind(id),
        };

        private string Behind(DeviceId id)
        {
            var here = candidates.Find(c => c.Device == id);
            var next = candidates.Find(c => c.Device == group.NextActive);
            return here == default || next == default ? "fit" : $"fit; {Why(next, here)}";
        }

        private IEnumerable<string> Changes()
        {
            if (group.Active is not { } active) yield break;
            var name = nameOf(active);
            if (group.Handover is { } handover) yield return $"a handover to {nameOf(handover.Target)} is under way";
            if (group.IsHeld) yield return $"{group.Flaps.Length} failures moved it within the time of cluster.flap: until that is over no failure moves it further";
            else if (group.NextActive is { } next) yield return $"if {name} fails it moves to {nameOf(next)}";
            else yield return $"if {name} fails nobody serves it";
            if (group.IsPinned) yield return $"an operator moved it to {name}: {(policy.Method == FailoverMethod.HaGroup ? "scores move it again once one has changed" : "it does not go back by itself")}";
            if (Failback(active) is { } back) yield return back;
            if (policy.Method == FailoverMethod.LoadAware) yield return "loads choose the next-active; they do not move the group";
            if (policy.Method != FailoverMethod.HaGroup) yield break;
            if (candidates.Find(c => c.Device == active).Score is { } own) yield return $"it moves where the score is higher than {own + policy.ActiveBonus} ({own} here and a bonus of {policy.ActiveBonus})";
            else yield return $"no score of {name} counts yet";
            if (state.ScoresChanged != Epoch.None) yield return "scores have changed, and count when they stand for a while (cluster.score-damping)";
        }

        private string? Failback(DeviceId active)
        {
            if (policy.Failback is not { } delay || group.IsPinned || group.HaOrder[0] == active) return null;
            return failback is { } target
                ? $"it goes back to {nameOf(target)} when that has been fit for {delay.TotalSeconds:0.#} s{(group.CopyComplete ? "" : " and its copy is complete")}"
                : $"it goes back to {string.Join(" or ", group.HaOrder.TakeWhile(d => d != active).Select(nameOf))} {delay.TotalSeconds:0.#} s after that is fit again, with a complete copy";
        }

        private static string Known(int? score) => score?.ToString() ?? "is not known";
    }
}
