using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using static ActorMirror.Domain.Cluster.ReplicaEffect;
using static ActorMirror.Domain.Cluster.SyncPhase;

namespace ActorMirror.Domain.Cluster;

/// <summary>
/// One device's copy of the <see cref="ClusterState"/>: how it gets it, keeps it and gives it on, and what follows for this device. A pure
/// value; the actor that holds it feeds it every <see cref="ClusterEvent"/> and carries out the effects.
/// <code>
///             quorate view             the state arrived, or: all said hello, none has a live
///             (say hello)              state, and this device's is the newest (or none has any)
///   Outside --------------> Joining ------------------------------------------------------------> Established
///      ^                    |  ^                                                                   |  |
///      +---- no quorum -----+  +-- Reenter: the lease was over, suspected, the older of two states +  |
///      +---------------------------------------- no quorum, engine lost ------------------------------+
/// </code>
/// Established devices never wait: they apply a view when it comes, and the one with the lowest id answers hellos with the state. A
/// minority applies nothing, so the newest state is that of the last majority.
/// </summary>
public sealed partial record ClusterReplica
{
    /// <summary>corosync takes messages up to 1 MB; this one leaves room for others in between.</summary>
    public const int PieceSize = 60_000;

    private static readonly Outside s_outside = new();

    private ClusterReplica(DeviceId self, ulong incarnation, Declaration declaration)
    {
        Self = self;
        Incarnation = incarnation;
        Declaration = declaration;
        Nonce = incarnation; // an answer to an earlier worker of this device may still be under way
    }

    public DeviceId Self { get; }

    public Declaration Declaration { get; }

    /// <summary>Of the worker; grows by one with each re-entry.</summary>
    public ulong Incarnation { get; private init; }

    public SyncPhase Phase { get; private init; } = s_outside;

    /// <summary>The state, live in <see cref="Established"/>, else as it was when this device was cut off; null when it never had any.</summary>
    public ClusterState? State => Phase is Established established ? established.State : Known;

    /// <summary>The last quorate view; null outside.</summary>
    public ClusterEvent.View? View { get; private init; }

    private ClusterState? Known { get; init; }

    private Attendance Attendance { get; init; } = Attendance.Nobody;

    /// <summary>Offset of the last election in this view: what was sent before is of a state that nobody continues.</summary>
    private ulong Elected { get; init; }

    private ulong Nonce { get; init; }

    /// <summary>Commands since the view, the same on all its members.</summary>
    private ulong Offset { get; init; }

    /// <param name="incarnation">Not 0 and greater than that of any earlier worker of the device, for example nanoseconds since 1970.</param>
    public static ClusterReplica Create(DeviceId self, ulong incarnation, Declaration declaration)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        ArgumentOutOfRangeException.ThrowIfZero(incarnation);
        return new ClusterReplica(self, incarnation, declaration);
    }

    public (ClusterReplica Replica, ImmutableArray<ReplicaEffect> Effects) Handle(ClusterEvent clusterEvent)
    {
        var effects = ImmutableArray.CreateBuilder<ReplicaEffect>();
        var after = clusterEvent switch
        {
            ClusterEvent.View { Quorate: true } view when view.Members.Contains(Self) => OnView(view, effects),
            ClusterEvent.View => Leave("the quorum is lost", effects),
            ClusterEvent.EngineLost lost => Leave($"the cluster engine is lost: {lost.Reason}", effects),
            ClusterEvent.Command command => OnCommand(command, effects),
            _ => this, // Fenced shortens a wait that runs outside of the replica
        };
        return (after, effects.ToImmutable());
    }

    /// <summary>Drops every role and comes back through the total order, as if the worker had restarted.</summary>
    public (ClusterReplica Replica, ImmutableArray<ReplicaEffect> Effects) Reenter(string reason)
    {
        var effects = ImmutableArray.CreateBuilder<ReplicaEffect>();
        return (Reenter(reason, effects), effects.ToImmutable());
    }

    /// <summary>To be called about twice a second while <see cref="IsWaiting"/>: a hello or its answer may have been lost with its ring.</summary>
    public (ClusterReplica Replica, ImmutableArray<ReplicaEffect> Effects) Retry()
    {
        var effects = ImmutableArray.CreateBuilder<ReplicaEffect>();
        var after = this;
        if (Phase is Joining) after = (this with { Phase = new Joining() }).SayHello(effects);
        else if (IsWaiting) effects.Add(new Send(new ClusterCommand.Synced(Nonce)));
        return (after, effects.ToImmutable());
    }

    /// <summary>Whether this device takes part, but cannot have a role yet.</summary>
    public bool IsWaiting => Phase is Joining || (Phase is Established established && !established.State.IsSynced(Self));

    private ClusterReplica OnView(ClusterEvent.View view, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        var seen = this with { View = view, Offset = 0, Elected = 0, Attendance = Attendance.Nobody };
        if (Phase is Established established && !view.Joined.Contains(Self))
        {
            var (state, notices) = ClusterReducer.Apply(established.State, view);
            if (state.IsSynced(Self)) effects.Add(new Send(new ClusterCommand.Hello(Incarnation, Nonce, NeedsState: false, established.State.Position, null)));
            else effects.Add(new Send(new ClusterCommand.Synced(Nonce)));
            return seen.Become(state, established.State.Position, notices, effects);
        }

        return (seen.Forget("this device was out of the view", effects) with { Phase = new Joining() }).SayHello(effects);
    }

    private ClusterReplica OnCommand(ClusterEvent.Command message, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        if (Phase is Outside) return this;
        var counted = this with { Offset = Offset + 1 };
        if (CommandCodec.Decode(message.Payload.Span, out var reason) is not { } command)
        {
            effects.Add(new Tell(new ClusterNotice.Refused(message.Sender, reason!)));
            return counted;
        }

        if (View!.Members.Contains(message.Sender) && !IsOutdated(command)) counted = counted with { Attendance = Attendance.Hear(message.Sender, command) };
        var after = Phase is Joining joining
            ? counted.WhileJoining(joining, message.Sender, command, effects)
            : counted.WhileEstablished((Established)Phase, message.Sender, command, effects);
        return after.Elect(effects);
    }

    private bool IsOutdated(ClusterCommand command) => command is ClusterCommand.StateTransfer transfer && transfer.Offset < Elected;

    private ClusterReplica WhileEstablished(
        Established live, DeviceId sender, ClusterCommand command, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        if (command is ClusterCommand.Hello { NeedsState: false } foreign && IsNewerStranger(live, sender, foreign))
        {
            return Reenter($"device {sender} has the newer state", effects);
        }

        if (command is ClusterCommand.Hello { NeedsState: true } && sender == Self)
        {
            // Elected while another hello of this device was under way: for the others it needs the state again.
            return Forget("this device asked for the state", effects) with { Phase = new Joining { Buffer = [] } };
        }

        var (state, notices) = ClusterReducer.Apply(live.State, sender, command);
        var after = Become(state, live.Before, notices, effects);
        if (state.Devices.TryGetValue(Self, out var self) && self.Suspect) return after.Reenter("others have not heard this device", effects);
        if (command is ClusterCommand.Hello { NeedsState: true } hello && sender != Self && state.Authority == Self) after.SendState(sender, hello.Nonce, effects);
        return after;
    }

    /// <summary>
    /// A device that this state knows as not synced says that it holds a live one: two parts that both believed to be quorate have met (a
    /// pair without an arbiter). The newer state stays, of equal ones that with the lower device id.
    /// </summary>
    private static bool IsNewerStranger(Established live, DeviceId sender, ClusterCommand.Hello hello) =>
        live.State.Devices.TryGetValue(sender, out var device) && device is { InView: true, Synced: false, Suspect: false }
        && (hello.Version > live.Before || (hello.Version == live.Before && live.State.Authority is { } authority && sender < authority));

    /// <summary>Takes over a new live state and tells what changes for this device.</summary>
    private ClusterReplica Become(ClusterState state, Epoch before, ImmutableArray<ClusterNotice> notices, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        foreach (var notice in notices) effects.Add(new Tell(notice));
        var was = Phase is Established established ? established.State : ClusterState.Empty;
        if (was.IsSynced(Self) && !state.IsSynced(Self)) effects.Add(new DropRoles("this device is out of the group"));
        foreach (var group in state.Groups.Keys)
        {
            if (state.RoleOf(Self, group) is { } role && role != was.RoleOf(Self, group)) effects.Add(new SetRole(group, role));
        }

        return this with { Phase = new Established(state, before) };
    }

    private ClusterReplica Leave(string reason, ImmutableArray<ReplicaEffect>.Builder effects) =>
        Forget(reason, effects) with { Phase = s_outside, View = null };

    private ClusterReplica Reenter(string reason, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        var renewed = Forget(reason, effects) with { Incarnation = Incarnation + 1 };
        return Phase is Outside ? renewed : (renewed with { Phase = new Joining() }).SayHello(effects);
    }

    /// <summary>The state is not live any more; it is kept for an election.</summary>
    private ClusterReplica Forget(string reason, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        if (Phase is not Established established) return this;
        if (established.State.IsSynced(Self)) effects.Add(new DropRoles(reason));
        return this with { Known = established.State };
    }

    private ClusterReplica SayHello(ImmutableArray<ReplicaEffect>.Builder effects)
    {
        effects.Add(new Send(new ClusterCommand.Hello(Incarnation, Nonce + 1, NeedsState: true, Known?.Position ?? Epoch.None, Declaration)));
        return this with { Nonce = Nonce + 1 };
    }

    private void SendState(DeviceId receiver, ulong nonce, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        ReadOnlyMemory<byte> bytes = StateCodec.Encode(((Established)Phase).State);
        var pieces = (bytes.Length + PieceSize - 1) / PieceSize;
        for (var piece = 0; piece < pieces; piece++)
        {
            var start = piece * PieceSize;
            effects.Add(new Send(new ClusterCommand.StateTransfer(
                receiver, nonce, Offset, piece, pieces, bytes.Slice(start, Math.Min(PieceSize, bytes.Length - start)))));
        }
    }
}
