using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.Trust;

namespace ActorMirror.Domain.Cluster;

/// <summary>The replicated state as bytes, for a state transfer; equal states have equal bytes. Nothing that is read throws.</summary>
public static class StateCodec
{
    public const byte Version = 4;

    public static byte[] Encode(ClusterState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var to = new WireWriter();
        to.Byte(Version);
        to.Epoch(state.Position);
        to.Bool(state.Settling);
        to.Epoch(state.ScoresChanged);
        to.List([.. state.Devices.Values], d => Write(to, d));
        to.List([.. state.Groups.Values], g => Write(to, g));
        Write(to, state.VirtualServers);
        Write(to, state.PoolMembers);
        to.List([.. state.Revoked], to.Text);
        return to.ToArray();
    }

    /// <param name="reason">Why the bytes are refused; null when they are a state.</param>
    public static ClusterState? Decode(ReadOnlySpan<byte> bytes, out string? reason)
    {
        if (bytes.IsEmpty || bytes[0] != Version)
        {
            reason = bytes.IsEmpty ? "empty state" : $"state of version {bytes[0]}; this device understands {Version}";
            return null;
        }

        var from = new WireReader(bytes[1..]);
        var state = new ClusterState { Position = from.Epoch(), Settling = from.Bool(), ScoresChanged = from.Epoch() };
        var devices = state.Devices.ToBuilder();
        for (var left = from.Count(smallest: 69); left > 0 && !from.Failed; left--)
        {
            var device = ReadDevice(ref from);
            devices[device.Id] = device;
        }

        var groups = state.Groups.ToBuilder();
        for (var left = from.Count(smallest: 76); left > 0 && !from.Failed; left--)
        {
            var group = ReadGroup(ref from);
            groups[group.Name] = group;
        }

        state = state with
        {
            Devices = devices.ToImmutable(),
            Groups = groups.ToImmutable(),
            VirtualServers = ReadNumbering(ref from),
            PoolMembers = ReadNumbering(ref from),
            Revoked = Revocation.Nothing.Union(from.Texts()),
        };
        reason = from.IsComplete ? null : $"malformed state of {bytes.Length} bytes";
        return reason is null ? state : null;
    }

    private static void Write(WireWriter to, DeviceState device)
    {
        to.Device(device.Id);
        to.Bool(device.InView);
        to.Long(device.Incarnation);
        to.Long(device.Nonce);
        to.Bool(device.Synced);
        to.Bool(device.Suspect);
        to.Long(device.ConfigurationDigest);
        to.List(device.Groups, to.Text);
        to.List(device.FailedVlans, to.Text);
        to.Int(device.Channels);
        to.Int(device.HaCapacity);
        to.Bool(device.Offline);
        to.Epoch(device.OfflineAt);
        to.Scores(device.Scores.Select(s => new HaScore(s.Key, s.Value)));
        to.Scores(device.CountedScores.Select(s => new HaScore(s.Key, s.Value)));
    }

    private static DeviceState ReadDevice(ref WireReader from) => new()
    {
        Id = from.Device(),
        InView = from.Bool(),
        Incarnation = from.Long(),
        Nonce = from.Long(),
        Synced = from.Bool(),
        Suspect = from.Bool(),
        ConfigurationDigest = from.Long(),
        Groups = from.Texts(),
        FailedVlans = from.Texts(),
        Channels = from.Int(),
        HaCapacity = from.HaCapacity(),
        Offline = from.Bool(),
        OfflineAt = from.Epoch(),
        Scores = ReadScores(ref from),
        CountedScores = ReadScores(ref from),
    };

    private static ImmutableSortedDictionary<string, int> ReadScores(ref WireReader from)
    {
        var scores = DeviceState.NoScores.ToBuilder();
        foreach (var score in from.Scores()) scores[score.HaGroup] = score.Value;
        return scores.ToImmutable();
    }

    private static void Write(WireWriter to, GroupState group)
    {
        to.Text(group.Name);
        to.Int(group.Number);
        to.Int(group.Port);
        to.Int(group.Channels);
        to.List(group.HaOrder, to.Device);
        to.List(group.Vlans, to.Text);
        to.Policy(group.Policy);
        to.Bool(group.IsPinned);
        to.Int(group.FlapLimit);
        to.List(group.Flaps, to.Epoch);
        to.OptionalDevice(group.Active);
        to.Epoch(group.Epoch);
        to.OptionalDevice(group.Previous);
        to.OptionalDevice(group.NextActive);
        to.Bool(group.CopyComplete);
        to.Byte((byte)group.Reason);
        to.Int((int)group.Wait.Guard.Bits);
        to.Int((int)group.Wait.Fence.Bits);
        to.Bool(group.IsUp);
        to.Bool(group.Handover is not null);
        if (group.Handover is { } handover)
        {
            to.Device(handover.Target);
            to.Device(handover.Requester);
            to.Long(handover.RequestId);
            to.Byte((byte)handover.Reason);
        }

        to.Epoch(group.Released);
    }

    private static GroupState ReadGroup(ref WireReader from) => new()
    {
        Name = from.Text(),
        Number = from.Int(),
        Port = from.Int(),
        Channels = from.Int(),
        HaOrder = from.Devices(),
        Vlans = from.Texts(),
        Policy = from.Policy(),
        IsPinned = from.Bool(),
        FlapLimit = from.FlapLimit(),
        Flaps = from.Epochs(),
        Active = from.OptionalDevice(),
        Epoch = from.Epoch(),
        Previous = from.OptionalDevice(),
        NextActive = from.OptionalDevice(),
        CopyComplete = from.Bool(),
        Reason = from.MoveReason(),
        Wait = new PromotionWait(new DeviceSet((uint)from.Int()), new DeviceSet((uint)from.Int())),
        IsUp = from.Bool(),
        Handover = from.Bool() ? new Handover(from.Device(), from.Device(), from.Long(), from.MoveReason()) : null,
        Released = from.Epoch(),
    };

    private static void Write(WireWriter to, Numbering numbering) => to.List([.. numbering.Numbers], n =>
    {
        to.Text(n.Key);
        to.Int(n.Value);
    });

    private static Numbering ReadNumbering(ref WireReader from)
    {
        var numbers = Numbering.Empty.Numbers.ToBuilder();
        for (var left = from.Count(smallest: 6); left > 0 && !from.Failed; left--) numbers[from.Text()] = from.Int();
        return new Numbering(numbers.ToImmutable());
    }
}
