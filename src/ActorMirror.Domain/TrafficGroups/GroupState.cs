using System.Collections.Immutable;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>A planned handover that was asked for and is not released yet.</summary>
/// <param name="Requester">Whose operator asked; of one that nobody asked for, the active.</param>
/// <param name="Reason"><see cref="MoveReason.Forced"/>: an operator asked for it and waits for the answer.</param>
public sealed record Handover(DeviceId Target, DeviceId Requester, ulong RequestId, MoveReason Reason);

/// <summary>A traffic group in the replicated state. Only <see cref="Placement"/> and the reducer change it.</summary>
public sealed record GroupState
{
    public required string Name { get; init; }

    /// <summary>Its number in conntrack marks, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>TCP port of its first mirror channel; the others have the ports behind it. It moves only when more channels find no room there.</summary>
    public required int Port { get; init; }

    /// <summary>For so many channels there are ports: as many as the device wants that wants most. How many there are, the devices' configurations say.</summary>
    public int Channels { get; init; } = 1;

    public required ImmutableArray<DeviceId> HaOrder { get; init; }

    public required ImmutableArray<string> Vlans { get; init; }

    public FailoverPolicy Policy { get; init; } = FailoverPolicy.Default;

    /// <summary>
    /// An operator moved it where it is: nothing but a failure moves it on. Of a group with an HA group that ends when scores have changed: they tell whether
    /// it can be served there.
    /// </summary>
    public bool IsPinned { get; init; }

    /// <summary>So many moves that a failure made hold the group where it is.</summary>
    public required int FlapLimit { get; init; }

    /// <summary>The epochs of such moves that are not long over, oldest first, no more than the limit; see <see cref="FlapRule"/>.</summary>
    public ImmutableArray<Epoch> Flaps { get; init; } = [];

    public bool IsHeld => Flaps.Length >= FlapLimit;

    public DeviceId? Active { get; init; }

    /// <summary>Of the last device that was active; <see cref="Epoch.None"/> before the first.</summary>
    public Epoch Epoch { get; init; }

    /// <summary>Who was active before <see cref="Active"/>; when there is no active, who was last.</summary>
    public DeviceId? Previous { get; init; }

    public DeviceId? NextActive { get; init; }

    /// <summary>The active has said that the next-active's copy is complete.</summary>
    public bool CopyComplete { get; init; }

    /// <summary>Why the active is the active; without one, why it was lost.</summary>
    public MoveReason Reason { get; init; }

    public PromotionWait Wait { get; init; }

    /// <summary>The active has said that it is up in this epoch.</summary>
    public bool IsUp { get; init; }

    public Handover? Handover { get; init; }

    /// <summary>The epoch that was released in a planned handover, while the new active is not up; else <see cref="Epoch.None"/>.</summary>
    public Epoch Released { get; init; }

    /// <summary>The active is gone: what is known of why decides how long its successor waits.</summary>
    internal GroupState Lose(MoveReason reason) => this with
    {
        Active = null,
        Previous = Active,
        Reason = reason,
        IsUp = false,
        Released = Epoch.None,
        Wait = reason switch
        {
            MoveReason.DeviceDown when Active is { } lost => Wait with { Guard = Wait.Guard.Add(lost) },
            MoveReason.ProcessDown when Active is { } lost => Wait with { Fence = Wait.Fence.Add(lost) },
            _ => Wait,
        },
    };

    /// <summary>A new ownership. What was known of the copy and of a handover belongs to the old one.</summary>
    internal GroupState Own(DeviceId active, Epoch epoch, MoveReason reason) => this with
    {
        Active = active,
        Previous = Active ?? Previous,
        Epoch = epoch,
        Reason = reason,
        Wait = Wait.Without(active),
        IsUp = false,
        CopyComplete = false,
        Released = Epoch.None,
        IsPinned = reason == MoveReason.Forced || (IsPinned && (Active ?? Previous) == active),
        Flaps = reason.IsFailure() && (Active ?? Previous) is { } from && from != active ? [.. Flaps.Add(epoch).TakeLast(FlapLimit)] : Flaps,
    };

    /// <summary>Begins a planned handover that no operator asked for by name.</summary>
    /// <param name="now">Makes its number: another one has another.</param>
    internal GroupState BeginHandover(DeviceId target, MoveReason reason, Epoch now) =>
        this with { Handover = new Handover(target, Active!.Value, (now.Ring << 24) ^ now.Index, reason) };

    /// <summary>What one device has to do; null: nothing is decided for the group yet.</summary>
    internal LocalRole? RoleOf(DeviceId device)
    {
        if (Epoch == Epoch.None) return null;
        MirrorPeer? mirror = NextActive is { } next ? new MirrorPeer(next, Port) : null;
        if (device == Active)
        {
            return Handover is { } handover && mirror is { } target
                ? new LocalRole.HandingOver(Epoch, target, handover.RequestId)
                : new LocalRole.Active(Epoch, mirror, Wait, Reason);
        }

        if (Active is not { } active)
        {
            // Held back from its next-active: the copy of what the lost device served is kept, for the promotion that may still come.
            return device == NextActive && Previous is { } lost ? new LocalRole.Mirror(Epoch, lost, Port) : new LocalRole.Cold(Epoch);
        }

        if (device == Previous && Released != Epoch.None) return new LocalRole.Relinquished(Released, active, Epoch, Port);
        return device == NextActive ? new LocalRole.Mirror(Epoch, active, Port) : new LocalRole.Cold(Epoch);
    }
}
