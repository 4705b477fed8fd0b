using System.Collections.Immutable;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>How the domain's values are written and read, shared by commands and state.</summary>
internal static class WireFields
{
    public static void Epoch(this WireWriter to, Epoch value)
    {
        to.Long(value.Ring);
        to.Long(value.Index);
    }

    public static Epoch Epoch(this ref WireReader from) => new(from.Long(), from.Long());

    public static void Device(this WireWriter to, DeviceId value) => to.Byte((byte)value.Value);

    public static DeviceId Device(this ref WireReader from)
    {
        var id = from.Byte();
        if (id is < 1 or > DeviceId.Maximum) from.Fail();
        return new DeviceId(id);
    }

    public static void OptionalDevice(this WireWriter to, DeviceId? value) => to.Byte((byte)(value?.Value ?? 0));

    public static DeviceId? OptionalDevice(this ref WireReader from)
    {
        var id = from.Byte();
        if (id > DeviceId.Maximum) from.Fail();
        return id == 0 ? null : new DeviceId(id);
    }

    public static ImmutableArray<string> Texts(this ref WireReader from)
    {
        var items = ImmutableArray.CreateBuilder<string>();
        for (var left = from.Count(smallest: 2); left > 0 && !from.Failed; left--) items.Add(from.Text());
        return items.ToImmutable();
    }

    public static ImmutableArray<DeviceId> Devices(this ref WireReader from)
    {
        var items = ImmutableArray.CreateBuilder<DeviceId>();
        for (var left = from.Count(smallest: 1); left > 0 && !from.Failed; left--) items.Add(from.Device());
        return items.ToImmutable();
    }

    public static void Loss(this WireWriter to, LossReport value)
    {
        to.Bool(value.Owned is not null);
        if (value.Owned is { } owned) to.Int(owned);
        foreach (var connections in value.Lost.InOrder) to.Int(connections);
        to.OptionalTime(value.WordAge);
        to.OptionalTime(value.ExposedFor);
    }

    public static LossReport Loss(this ref WireReader from)
    {
        int? owned = from.Bool() ? from.Int() : null;
        Span<int> lost = stackalloc int[Exposures.Count];
        foreach (ref var connections in lost) connections = from.Int();
        return new LossReport(owned, new ExposureCounts(lost), from.OptionalTime(), from.OptionalTime());
    }

    private static void OptionalTime(this WireWriter to, TimeSpan? value)
    {
        to.Bool(value is not null);
        if (value is { } time) to.Long((ulong)time.Ticks);
    }

    private static TimeSpan? OptionalTime(this ref WireReader from) => from.Bool() ? new TimeSpan((long)from.Long()) : null;

    public static MoveReason MoveReason(this ref WireReader from)
    {
        var reason = (MoveReason)from.Byte();
        if (!Enum.IsDefined(reason)) from.Fail();
        return reason;
    }

    public static void Policy(this WireWriter to, FailoverPolicy value)
    {
        to.Byte((byte)value.Method);
        to.Int(value.LoadFactor);
        to.Bool(value.PreferWarm);
        to.OptionalTime(value.Failback);
        to.Text(value.HaGroup);
        to.Int(value.ActiveBonus);
    }

    public static FailoverPolicy Policy(this ref WireReader from)
    {
        var policy = new FailoverPolicy
        {
            Method = (FailoverMethod)from.Byte(),
            LoadFactor = from.Int(),
            PreferWarm = from.Bool(),
            Failback = from.OptionalTime(),
            HaGroup = from.Text(),
            ActiveBonus = from.Int(),
        };
        if (!Enum.IsDefined(policy.Method) || policy.LoadFactor is < 1 or > FailoverPolicy.MostLoadFactor) from.Fail();
        return policy;
    }

    public static void Scores(this WireWriter to, IEnumerable<HaScore> scores) => to.List([.. scores], score =>
    {
        to.Text(score.HaGroup);
        to.Int(score.Value);
    });

    public static ImmutableArray<HaScore> Scores(this ref WireReader from)
    {
        var items = ImmutableArray.CreateBuilder<HaScore>();
        for (var left = from.Count(smallest: 6); left > 0 && !from.Failed; left--) items.Add(new HaScore(from.Text(), from.Int()));
        return items.ToImmutable();
    }

    /// <summary>Loads are divided by it.</summary>
    public static int HaCapacity(this ref WireReader from)
    {
        var capacity = from.Int();
        if (capacity is < 1 or > DeviceLoad.MostCapacity) from.Fail();
        return capacity;
    }

    private static ImmutableArray<OfflineWord> OfflineWords(this ref WireReader from)
    {
        var items = ImmutableArray.CreateBuilder<OfflineWord>();
        for (var left = from.Count(smallest: 18); left > 0 && !from.Failed; left--) items.Add(new OfflineWord(from.Device(), from.Bool(), from.Epoch()));
        return items.ToImmutable();
    }

    /// <summary>Of 0 a group would be held for ever.</summary>
    public static int FlapLimit(this ref WireReader from)
    {
        var limit = from.Int();
        if (limit < 1) from.Fail();
        return limit;
    }

    public static ImmutableArray<Epoch> Epochs(this ref WireReader from)
    {
        var items = ImmutableArray.CreateBuilder<Epoch>();
        for (var left = from.Count(smallest: 16); left > 0 && !from.Failed; left--) items.Add(from.Epoch());
        return items.ToImmutable();
    }

    public static void Declaration(this WireWriter to, Declaration value)
    {
        to.Long(value.ConfigurationDigest);
        to.Epoch(value.HighestEpoch);
        to.List(value.Groups, group =>
        {
            to.Text(group.Name);
            to.List(group.HaOrder, to.Device);
            to.List(group.Vlans, to.Text);
            to.Int(group.FlapLimit);
            to.Policy(group.Policy);
        });
        to.List(value.VirtualServers, to.Text);
        to.List(value.PoolMembers, to.Text);
        to.List(value.Revoked, to.Text);
        to.Int(value.Channels.FirstPort);
        to.Int(value.Channels.LastPort);
        to.Int(value.Channels.PerGroup);
        to.Int(value.HaCapacity);
        to.List(value.Offline, word =>
        {
            to.Device(word.Device);
            to.Bool(word.Offline);
            to.Epoch(word.At);
        });
    }

    public static Declaration Declaration(this ref WireReader from)
    {
        var digest = from.Long();
        var highest = from.Epoch();
        var groups = ImmutableArray.CreateBuilder<GroupDeclaration>();
        for (var left = from.Count(smallest: 27); left > 0 && !from.Failed; left--)
        {
            groups.Add(new GroupDeclaration(from.Text(), from.Devices(), from.Texts(), from.FlapLimit()) { Policy = from.Policy() });
        }

        return new Declaration(digest, highest, groups.ToImmutable(), from.Texts(), from.Texts(), from.Texts(), from.Channels())
        {
            HaCapacity = from.HaCapacity(),
            Offline = from.OfflineWords(),
        };
    }

    private static ChannelDemand Channels(this ref WireReader from)
    {
        var demand = new ChannelDemand(from.Int(), from.Int(), from.Int());
        if (demand is { FirstPort: < 1 } or { LastPort: > ushort.MaxValue } or { PerGroup: < 1 }) from.Fail();
        return demand;
    }
}
