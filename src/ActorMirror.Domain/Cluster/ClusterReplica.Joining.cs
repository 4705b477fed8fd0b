using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using static ActorMirror.Domain.Cluster.ReplicaEffect;
using static ActorMirror.Domain.Cluster.SyncPhase;

namespace ActorMirror.Domain.Cluster;

/// <content>Waiting for the state: either a live device answers the hello, or all need it and elect who begins.</content>
public sealed partial record ClusterReplica
{
    private ClusterReplica WhileJoining(Joining joining, DeviceId sender, ClusterCommand command, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        joining = joining with { Buffer = joining.Buffer?.Add((Offset, sender, command)) };
        var waiting = this with { Phase = joining };
        return command switch
        {
            ClusterCommand.Hello own when sender == Self && own.Nonce == Nonce => this with { Phase = new Joining { Buffer = [] } },
            ClusterCommand.StateTransfer transfer when transfer.For == Self && transfer.Nonce == Nonce && joining.Buffer is not null && !IsOutdated(transfer) =>
                OnPiece(joining, sender, transfer, effects),
            ClusterCommand.Suspect { Device: var device, Reason: var reason } when device == Self => waiting.Reenter(reason, effects),

            // The one that was to send the state may be the one that hangs; with nobody live an election follows instead.
            ClusterCommand.Suspect when !Attendance.Live.IsEmpty => (this with { Phase = new Joining() }).SayHello(effects),
            _ => waiting,
        };
    }

    /// <summary>The same decision on every member of the view; who is elected begins with what it knows and gives it to all others.</summary>
    private ClusterReplica Elect(ImmutableArray<ReplicaEffect>.Builder effects)
    {
        if (View is null || Attendance.Elect(View.Members) is not { } authority) return this;
        var decided = this with { Attendance = Attendance.Show(authority), Elected = Offset };
        if (authority != Self || Phase is not Joining) return decided;

        var (state, notices) = ClusterReducer.Begin(Known, View, Self, Attendance);
        effects.Add(new Entered(state));
        var live = decided.Become(state, Known?.Position ?? state.Position, notices, effects);
        foreach (var (device, hello) in Attendance.Needs)
        {
            if (device != Self) live.SendState(device, hello.Nonce, effects);
        }

        return live;
    }

    private ClusterReplica OnPiece(
        Joining joining, DeviceId sender, ClusterCommand.StateTransfer transfer, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        if (transfer.Piece == 0) joining = joining with { From = sender, Pieces = [] };
        if (sender != joining.From || transfer.Piece != joining.Pieces.Count) return this with { Phase = joining }; // the next hello asks for all again
        joining = joining with { Pieces = joining.Pieces.Add(transfer.Bytes) };
        if (joining.Pieces.Count < transfer.Pieces) return this with { Phase = joining };

        var bytes = joining.Pieces.SelectMany(p => p.ToArray()).ToArray();
        if (StateCodec.Decode(bytes, out var reason) is not { } state)
        {
            effects.Add(new Tell(new ClusterNotice.Refused(sender, reason!)));
            return this with { Phase = joining with { Pieces = [] } };
        }

        var snapshot = state.Position;
        var notices = ImmutableArray.CreateBuilder<ClusterNotice>();
        foreach (var (_, speaker, command) in joining.Buffer!.Where(b => b.Offset > transfer.Offset))
        {
            (state, var told) = ClusterReducer.Apply(state, speaker, command);
            notices.AddRange(told);
        }

        effects.Add(new Entered(state));
        effects.Add(new Send(new ClusterCommand.Synced(Nonce)));
        return Become(state, snapshot, notices.ToImmutable(), effects);
    }
}
