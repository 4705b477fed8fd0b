using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using static ActorMirror.Domain.Cluster.ReplicaEffect;
using static ActorMirror.Domain.Cluster.SyncPhase;

namespace ActorMirror.Domain.Cluster;

/// <content>
/// A round: from a view, a suspicion or the re-entry of a live device on, all who need the state say hello. Either a live device
/// answers, or, when every member has said that it needs the state, all of them elect the same authority at the same hello.
/// </content>
public sealed partial record ClusterReplica
{
    private ClusterReplica WhileJoining(Joining joining, DeviceId sender, ClusterCommand command, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        joining = joining with { Buffer = joining.Buffer?.Add((Offset, sender, command)) };
        switch (command)
        {
            case ClusterCommand.Hello { NeedsState: true } hello:
                return OnHello(joining, sender, hello, effects);

            case ClusterCommand.StateTransfer transfer when transfer.For == Self && transfer.Nonce == Nonce && joining.Buffer is not null:
                return OnPiece(joining with { Live = joining.Live.Add(sender) }, transfer, effects);

            case ClusterCommand.Hello or ClusterCommand.StateTransfer or ClusterCommand.Synced:
                return this with { Phase = joining with { Live = joining.Live.Add(sender) } };

            case ClusterCommand.Suspect suspect when suspect.Device == Self:
                return Reenter(suspect.Reason, effects);

            case ClusterCommand.Suspect suspect:
                return (this with { Phase = new Joining(joining.InRound) { Suspects = joining.Suspects.Add(suspect.Device) } }).SayHello(effects);

            default:
                return this with { Phase = joining };
        }
    }

    private ClusterReplica OnHello(Joining joining, DeviceId sender, ClusterCommand.Hello hello, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        var replica = this;
        if (sender == Self)
        {
            if (hello.Nonce != Nonce) return this with { Phase = joining };
            joining = joining with { InRound = true, Buffer = [], Pieces = [] };
        }
        else if (!joining.InRound)
        {
            return this with { Phase = joining };
        }
        else if (joining.Live.Contains(sender))
        {
            // It held the state and lost it: what was said before is void.
            joining = new Joining(InRound: true) { Suspects = joining.Suspects };
            replica = SayHello(effects);
        }

        joining = joining with { Heard = joining.Heard.SetItem(sender, hello) };
        return replica.Elect(joining, effects);
    }

    private ClusterReplica Elect(Joining joining, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        var missing = View!.Members.Any(m => !joining.Heard.ContainsKey(m) && !joining.Suspects.Contains(m));
        if (missing || !joining.Live.IsEmpty) return this with { Phase = joining };

        var authority = joining.Heard.OrderByDescending(h => h.Value.Version).ThenBy(h => h.Key).First().Key;
        if (authority != Self) return this with { Phase = joining with { Live = joining.Live.Add(authority) } };

        var (state, notices) = ClusterReducer.Begin(Known, View, Self, joining.Heard);
        effects.Add(new Entered(state));
        var live = Become(state, Known?.Position ?? state.Position, notices, effects);
        foreach (var (device, hello) in joining.Heard)
        {
            if (device != Self) live.SendState(device, hello.Nonce, effects);
        }

        return live;
    }

    private ClusterReplica OnPiece(Joining joining, ClusterCommand.StateTransfer transfer, ImmutableArray<ReplicaEffect>.Builder effects)
    {
        if (transfer.Piece != joining.Pieces.Count) return this with { Phase = joining }; // a piece was lost: the next hello asks for all again
        joining = joining with { Pieces = joining.Pieces.Add(transfer.Bytes) };
        if (joining.Pieces.Count < transfer.Pieces) return this with { Phase = joining };

        var bytes = joining.Pieces.SelectMany(p => p.ToArray()).ToArray();
        if (StateCodec.Decode(bytes, out var reason) is not { } state)
        {
            effects.Add(new Tell(new ClusterNotice.Refused(transfer.For, reason!)));
            return this with { Phase = joining with { Pieces = [] } };
        }

        var snapshot = state.Position;
        var notices = ImmutableArray.CreateBuilder<ClusterNotice>();
        foreach (var (_, sender, command) in joining.Buffer!.Where(b => b.Offset > transfer.Offset))
        {
            (state, var told) = ClusterReducer.Apply(state, sender, command);
            notices.AddRange(told);
        }

        effects.Add(new Entered(state));
        effects.Add(new Send(new ClusterCommand.Synced(Nonce)));
        return Become(state, snapshot, notices.ToImmutable(), effects);
    }
}
