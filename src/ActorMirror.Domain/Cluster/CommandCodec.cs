using System.Collections.Immutable;
using System.Diagnostics;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using static ActorMirror.Domain.Cluster.ClusterCommand;

namespace ActorMirror.Domain.Cluster;

/// <summary>
/// The bytes of a command: version, kind, fields. A command of another version, an unknown kind, missing or left-over bytes are
/// refused with a reason; nothing throws.
/// </summary>
public static class CommandCodec
{
    public const byte Version = 5;

    private enum Kind : byte
    {
        Hello = 1,
        StateTransfer = 2,
        Synced = 3,
        ForceStandby = 4,
        Release = 5,
        HandoverAborted = 6,
        Promoted = 7,
        MirrorStatus = 8,
        Health = 9,
        Suspect = 10,
        FlapsOver = 11,
        Revoke = 12,
        FailbackDue = 13,
        Scores = 14,
        ScoresSettled = 15,
        SetOffline = 16,
    }

    public static byte[] Encode(ClusterCommand command)
    {
        var to = new WireWriter();
        to.Byte(Version);
        switch (command)
        {
            case Hello c:
                to.Byte((byte)Kind.Hello);
                to.Long(c.Incarnation);
                to.Long(c.Nonce);
                to.Bool(c.NeedsState);
                to.Epoch(c.Version);
                to.Bool(c.Declaration is not null);
                if (c.Declaration is { } declaration) to.Declaration(declaration);
                break;
            case StateTransfer c:
                to.Byte((byte)Kind.StateTransfer);
                to.Device(c.For);
                to.Long(c.Nonce);
                to.Long(c.Offset);
                to.Int(c.Piece);
                to.Int(c.Pieces);
                to.Bytes(c.Bytes.Span);
                break;
            case Synced c:
                to.Byte((byte)Kind.Synced);
                to.Long(c.Nonce);
                break;
            case ForceStandby c:
                to.Byte((byte)Kind.ForceStandby);
                to.Text(c.Group);
                to.OptionalDevice(c.Target);
                to.Long(c.RequestId);
                break;
            case Release c:
                to.Byte((byte)Kind.Release);
                to.Text(c.Group);
                to.Epoch(c.Epoch);
                to.Long(c.Sequence);
                break;
            case HandoverAborted c:
                to.Byte((byte)Kind.HandoverAborted);
                to.Text(c.Group);
                to.Epoch(c.Epoch);
                to.Text(c.Reason);
                break;
            case Promoted c:
                to.Byte((byte)Kind.Promoted);
                to.Text(c.Group);
                to.Epoch(c.Epoch);
                to.Double(c.DetectionMs);
                to.Double(c.WaitMs);
                to.Double(c.PromotionMs);
                to.Int(c.Owned);
                to.Int(c.Protected);
                to.Bool(c.Loss is not null);
                if (c.Loss is { } loss) to.Loss(loss);
                break;
            case MirrorStatus c:
                to.Byte((byte)Kind.MirrorStatus);
                to.Text(c.Group);
                to.Epoch(c.Epoch);
                to.Device(c.Peer);
                to.Bool(c.Complete);
                to.Long(c.Incarnation);
                break;
            case Health c:
                to.Byte((byte)Kind.Health);
                to.List(c.FailedVlans, to.Text);
                break;
            case Suspect c:
                to.Byte((byte)Kind.Suspect);
                to.Device(c.Device);
                to.Long(c.Incarnation);
                to.Text(c.Reason);
                break;
            case FlapsOver c:
                to.Byte((byte)Kind.FlapsOver);
                to.Text(c.Group);
                to.Epoch(c.Last);
                break;
            case Revoke c:
                to.Byte((byte)Kind.Revoke);
                to.Text(c.Serial);
                to.Long(c.RequestId);
                break;
            case FailbackDue c:
                to.Byte((byte)Kind.FailbackDue);
                to.Text(c.Group);
                to.Epoch(c.Epoch);
                to.Device(c.Target);
                break;
            case Scores c:
                to.Byte((byte)Kind.Scores);
                to.Scores(c.Of);
                break;
            case ScoresSettled c:
                to.Byte((byte)Kind.ScoresSettled);
                to.Epoch(c.Changed);
                break;
            case SetOffline c:
                to.Byte((byte)Kind.SetOffline);
                to.Device(c.Device);
                to.Bool(c.Offline);
                to.Long(c.RequestId);
                break;
            default:
                throw new UnreachableException($"no encoding for {command.GetType().Name}");
        }

        return to.ToArray();
    }

    /// <param name="reason">Why the bytes are refused; null when they are a command.</param>
    public static ClusterCommand? Decode(ReadOnlySpan<byte> bytes, out string? reason)
    {
        if (bytes.IsEmpty || bytes[0] != Version)
        {
            reason = bytes.IsEmpty ? "empty command" : $"command of protocol version {bytes[0]}; this device speaks {Version}";
            return null;
        }

        var from = new WireReader(bytes[1..]);
        var kind = (Kind)from.Byte();
        ClusterCommand? command = kind switch
        {
            Kind.Hello => new Hello(from.Long(), from.Long(), from.Bool(), from.Epoch(), from.Bool() ? from.Declaration() : null),
            Kind.StateTransfer => new StateTransfer(from.Device(), from.Long(), from.Long(), from.Int(), from.Int(), from.Bytes()),
            Kind.Synced => new Synced(from.Long()),
            Kind.ForceStandby => new ForceStandby(from.Text(), from.OptionalDevice(), from.Long()),
            Kind.Release => new Release(from.Text(), from.Epoch(), from.Long()),
            Kind.HandoverAborted => new HandoverAborted(from.Text(), from.Epoch(), from.Text()),
            Kind.Promoted => new Promoted(from.Text(), from.Epoch(), from.Double(), from.Double(), from.Double(), from.Int(), from.Int(), from.Bool() ? from.Loss() : null),
            Kind.MirrorStatus => new MirrorStatus(from.Text(), from.Epoch(), from.Device(), from.Bool(), from.Long()),
            Kind.Health => new Health(from.Texts()),
            Kind.FlapsOver => new FlapsOver(from.Text(), from.Epoch()),
            Kind.Suspect => new Suspect(from.Device(), from.Long(), from.Text()),
            Kind.Revoke => new Revoke(from.Text(), from.Long()),
            Kind.FailbackDue => new FailbackDue(from.Text(), from.Epoch(), from.Device()),
            Kind.Scores => new Scores(from.Scores()),
            Kind.ScoresSettled => new ScoresSettled(from.Epoch()),
            Kind.SetOffline => new SetOffline(from.Device(), from.Bool(), from.Long()),
            _ => null,
        };
        reason = command is null ? $"unknown kind of command {(byte)kind}"
            : from.IsComplete ? null
            : $"malformed {kind} of {bytes.Length} bytes";
        return reason is null ? command : null;
    }
}
