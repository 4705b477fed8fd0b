using ActorMirror.Actors.Groups;
using ActorMirror.Domain.TrafficGroups;
using Microsoft.Extensions.Logging;
using Role = ActorMirror.Management.Contracts.Role;

namespace ActorMirror.Node.Worker;

/// <summary>What one traffic group shows of itself: told by its actor, read by any thread.</summary>
/// <param name="roleChanged">Told of each role that is shown anew; must not block.</param>
internal sealed class GroupDisplay(TimeProvider time, Action<string, Role, Epoch> roleChanged, ILogger log) : IGroupObserver
{
    public GroupShown Shown { get; private set; } = GroupShown.Initial(time);

    public void RoleChanged(string trafficGroup, GroupControl control, LocalRole? role)
    {
        var next = Shown with { Control = control, Decided = role };
        var isNew = next.Role != Shown.Role;
        if (isNew) next = next with { Transitions = Shown.Transitions + 1, SinceWall = time.GetUtcNow(), SinceNs = time.GetTimestamp() };
        Shown = next;
        if (isNew) roleChanged(trafficGroup, next.Role, control.Epoch);
    }

    public void Promoted(string trafficGroup, GroupPromotion promotion)
    {
        Shown = Shown with { Promotion = promotion };
        log.LogInformation(
            "Traffic group {Group} is active here (epoch {Epoch}, {Reason}): waited {Waited:F1} ms, took {Took:F1} ms, {Resumed} connections go on; {Loss}",
            trafficGroup, promotion.Epoch, promotion.Reason, promotion.Waited.TotalMilliseconds, promotion.Took.TotalMilliseconds, promotion.Connections.Protected,
            promotion.Loss?.ToString() ?? "nobody was active before");
    }
}

/// <summary>A traffic group as it is shown: replaced whole, so that any thread reads one moment.</summary>
/// <param name="Decided">What the group's devices decided for this one; <paramref name="Control"/> is how far it is with that.</param>
internal sealed record GroupShown(GroupControl Control, LocalRole? Decided, GroupPromotion? Promotion, int Transitions, long SinceNs, DateTimeOffset SinceWall)
{
    public Role Role => Control.Phase switch
    {
        GroupPhase.Waiting or GroupPhase.Opening => Role.Promoting,
        GroupPhase.Active => Role.Active,
        GroupPhase.Draining or GroupPhase.Releasing or GroupPhase.Overlap => Role.HandingOver,
        _ => Decided switch
        {
            LocalRole.Mirror => Role.Mirror,
            LocalRole.Cold => Role.Cold,
            _ => Role.None,
        },
    };

    public static GroupShown Initial(TimeProvider time) => new(GroupControl.Initial, null, null, 0, time.GetTimestamp(), time.GetUtcNow());
}
