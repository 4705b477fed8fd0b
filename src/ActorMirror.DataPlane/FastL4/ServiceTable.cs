using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>A pool member with the mark of the connections that one virtual server sends to it.</summary>
public sealed record MarkedMember(PoolMember Member, FlowMark Mark);

/// <summary>A virtual server with its numbers: what the ruleset is made of and what a connection's mark leads back to.</summary>
public sealed record Service(VirtualServer Server, int TrafficGroup, int Number, ImmutableArray<MarkedMember> Members)
{
    public uint Bits => FlowMark.ServerBits(TrafficGroup, Number);

    /// <summary>Of its connections: with each member, or the one of all where there is no pool.</summary>
    public IEnumerable<FlowMark> Marks => Server.Pool is null ? [new FlowMark(Bits)] : Members.Select(m => m.Mark);

    /// <summary>Whose persistence records it shares; null: it has none.</summary>
    public ServiceScope? Scope { get; init; }

    internal bool Has(Family family) => family.Has(Server.Destination.Address);
}

/// <param name="Number">Of the <see cref="PersistenceScope"/>.</param>
/// <param name="IsShared">With other virtual servers.</param>
public sealed record ServiceScope(int Number, bool IsShared);

/// <summary>A SNAT with its numbers. Its connections have no member, and none in their mark.</summary>
public sealed record NumberedSnat(Snat Snat, int TrafficGroup, int Number)
{
    public uint Bits => FlowMark.ServerBits(TrafficGroup, Number);

    internal bool Has(Family family) => Snat.Origins.Any(o => family.Has(o.Address));
}

/// <summary>An address that moves with a traffic group.</summary>
public sealed record FloatingAddress(Address Address, int PrefixLength, string Interface, string TrafficGroup, int GroupNumber, bool IsVirtual, bool IcmpEcho);

/// <summary>The model of a device group joined with the numbers the cluster agreed on; immutable, made anew when either changes.</summary>
public sealed class ServiceTable
{
    private readonly Dictionary<uint, Listener> byBits;
    private readonly Dictionary<uint, MarkedMember> byMark;
    private readonly Dictionary<int, ImmutableArray<FloatingAddress>> floatingOf;
    private readonly Dictionary<Endpoint, int> ftpGroups;
    private readonly Dictionary<uint, PersistenceScope> scopes;

    private ServiceTable(DeviceGroupModel model, ClusterState numbers)
    {
        Model = model;
        ImmutableArray<Service> services = [.. model.VirtualServers.Select(server => ToService(server, numbers))];
        Scopes = PersistenceScope.Of(services);
        var scopeOf = Scopes.SelectMany(scope => scope.Services.Select(s => (s.Bits, Scope: scope))).ToDictionary(x => x.Bits, x => x.Scope);
        Services = [.. services.Select(s => scopeOf.GetValueOrDefault(s.Bits) is { } scope ? s with { Scope = new(scope.Number, scope.Services.Length > 1) } : s)];
        Scopes = PersistenceScope.Of(Services);
        scopes = scopeOf.ToDictionary(x => x.Key, x => Scopes.First(s => s.Number == x.Value.Number));
        Snats = [.. model.Snats.Select(snat => new NumberedSnat(snat, numbers.Groups[snat.TrafficGroup].Number, numbers.VirtualServers[snat.Key]!.Value))];
        Floating = [.. FloatingSelfIps(model, numbers), .. VirtualAddresses(model, numbers)];
        floatingOf = Floating.GroupBy(f => f.GroupNumber).ToDictionary(g => g.Key, g => g.ToImmutableArray());
        byBits = Services.Select(s => (s.Bits, Listener: (Listener)s.Server)).Concat(Snats.Select(s => (s.Bits, Listener: (Listener)s.Snat))).ToDictionary(x => x.Bits, x => x.Listener);
        byMark = Services.SelectMany(s => s.Members).ToDictionary(m => m.Mark.Value);
        ftpGroups = Services.Where(s => s.Server.Profile == VirtualServerProfile.Ftp)
            .ToDictionary(s => new Endpoint(s.Server.Destination.Address, s.Server.Destination.Port), s => s.TrafficGroup);
        Groups = model.TrafficGroups.ToImmutableDictionary(g => g.Name, g => numbers.Groups[g.Name].Number);
        Digest = DigestOf(this);
    }

    /// <summary>Null: the cluster has not numbered every object of this model (it is of another configuration, or full).</summary>
    public static ServiceTable? TryCreate(DeviceGroupModel model, ClusterState numbers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(numbers);
        return model.TrafficGroups.All(g => numbers.Groups.ContainsKey(g.Name))
            && model.Listeners.All(l => numbers.VirtualServers[l.Key] is not null)
            && model.Pools.All(p => p.Members.All(m => numbers.PoolMembers[Declaration.MemberKey(p, m)] is not null))
            ? new ServiceTable(model, numbers)
            : null;
    }

    public DeviceGroupModel Model { get; }

    public ImmutableArray<Service> Services { get; }

    /// <summary>Virtual servers that share persistence records.</summary>
    public ImmutableArray<PersistenceScope> Scopes { get; }

    public ImmutableArray<NumberedSnat> Snats { get; }

    public ImmutableArray<FloatingAddress> Floating { get; }

    /// <summary>The addresses of one traffic group, self IPs first; looked up at every promotion.</summary>
    public ImmutableArray<FloatingAddress> FloatingOf(int groupNumber) => floatingOf.GetValueOrDefault(groupNumber, []);

    /// <summary>Number of each traffic group by name.</summary>
    public ImmutableDictionary<string, int> Groups { get; }

    /// <summary>Of what marks mean: two devices can mirror each other only if theirs are equal.</summary>
    public ulong Digest { get; }

    /// <summary>The virtual server or SNAT a connection belongs to; null when the mark is not one of this configuration.</summary>
    public Listener? Find(FlowMark mark) =>
        byBits.GetValueOrDefault(mark.Value & (FlowMark.OursMask | FlowMark.TrafficGroupMask | FlowMark.VirtualServerMask));

    /// <summary>The number of the traffic group of an FTP control connection; 0: it is not one of ours.</summary>
    public int FtpGroupOf(in FlowKey control) => ftpGroups.GetValueOrDefault(control.Destination);

    public MarkedMember? FindMember(FlowMark mark) => byMark.GetValueOrDefault(mark.Value & ~FlowMark.Closing);

    /// <summary>Whose persistence records a connection is of; null: its virtual server has none.</summary>
    public PersistenceScope? FindScope(FlowMark mark) => scopes.GetValueOrDefault(mark.Value & (FlowMark.OursMask | FlowMark.TrafficGroupMask | FlowMark.VirtualServerMask));

    /// <summary>Whether two marks are of one member, for virtual servers that share records.</summary>
    public bool IsSameMember(FlowMark left, FlowMark right) =>
        (left.Value & ~FlowMark.Closing) == (right.Value & ~FlowMark.Closing)
        || (FindScope(left) is { } scope && FindMember(left) is { } one && FindMember(right) is { } other && scope.IsSame(one, other));

    private static Service ToService(VirtualServer server, ClusterState numbers)
    {
        var group = numbers.Groups[server.TrafficGroup].Number;
        var number = numbers.VirtualServers[server.Name]!.Value;
        return new Service(server, group, number,
        [
            .. server.Pool?.Members.Select(member =>
                new MarkedMember(member, FlowMark.Create(group, number, numbers.PoolMembers[Declaration.MemberKey(server.Pool, member)]!.Value))) ?? [],
        ]);
    }

    /// <summary>
    /// A floating self IP gets a full-length prefix where this device has an address of its own in the subnet: a second address of
    /// the same length would be a secondary that Linux deletes together with its primary.
    /// </summary>
    public static IEnumerable<(SelfIp Self, int PrefixLength)> FloatingSelfIps(DeviceGroupModel model) =>
        from self in model.SelfIps
        where self.IsFloating
        let own = model.SelfIps.Any(other => other.Device == model.Self.Id && other.Vlan == self.Vlan && other.Address.Contains(self.Address.Address))
        select (self, own ? self.Address.Address.Bits : self.Address.Length);

    private static IEnumerable<FloatingAddress> FloatingSelfIps(DeviceGroupModel model, ClusterState numbers) =>
        from floating in FloatingSelfIps(model)
        let self = floating.Self
        let name = self.TrafficGroup!
        select new FloatingAddress(
            self.Address.Address, floating.PrefixLength, self.Vlan.Interface, name, numbers.Groups[name].Number, IsVirtual: false, IcmpEcho: true);

    private static IEnumerable<FloatingAddress> VirtualAddresses(DeviceGroupModel model, ClusterState numbers) =>
        from address in model.VirtualAddresses
        select new FloatingAddress(
            address.Address, address.Address.Bits, address.Vlan.Interface,
            address.TrafficGroup, numbers.Groups[address.TrafficGroup].Number, IsVirtual: true, address.IcmpEcho);

    private static ulong DigestOf(ServiceTable table) => Domain.Digest.Of(
        table.Services.SelectMany(s => s.Members.Select(m => (Service: s, Member: m))).OrderBy(x => x.Member.Mark.Value)
            .Select(x => $"{x.Member.Mark}={x.Service.Server.Name}/{x.Service.Server.Destination}/{x.Member.Member.Endpoint}")
            .Concat(table.Services.Where(s => s.Server.Pool is null).OrderBy(s => s.Bits).Select(s => $"0x{s.Bits:x8}={s.Server.Name}/{s.Server.Destination}"))
            .Concat(table.Snats.OrderBy(s => s.Bits).Select(s => $"0x{s.Bits:x8}={s.Snat.Key}"))
            .Concat(table.Scopes.SelectMany(scope => scope.Services.Select(s => $"0x{s.Bits:x8}={scope.Number}/{scope.Profile with { Name = "" }}"))));
}
