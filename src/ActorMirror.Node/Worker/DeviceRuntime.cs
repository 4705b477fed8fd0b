using System.Collections.Immutable;
using ActorMirror.Actors.Devices;
using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Leases;
using ActorMirror.Actors.Monitoring;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Floating;
using ActorMirror.DataPlane.Flows;
using ActorMirror.DataPlane.Host;
using ActorMirror.DataPlane.Monitors;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Kernel.Nftables;
using ActorMirror.Management;
using ActorMirror.Node.Supervisor;
using Microsoft.Extensions.Logging;
using Role = ActorMirror.Management.Contracts.Role;

namespace ActorMirror.Node.Worker;

/// <summary>
/// What the device's actor commands: makes the ruleset and the traffic groups' actors once the cluster has numbered everything, and keeps
/// the ruleset in step with the members' health.
/// </summary>
internal sealed class DeviceRuntime : IDeviceEnvironment, IMemberHealthObserver, IAsyncDisposable
{
    private readonly DeviceGroupModel model;
    private readonly DataPlaneHost host;
    private readonly LeaseKeeper lease;
    private readonly ILoggerFactory logs;
    private readonly ILogger log;
    private readonly FlowSink sink;
    private readonly FlowListener listener;
    private readonly FloatingAddresses addresses;
    private readonly Reselection reselection;
    private readonly DeviceTrust trust;
    private readonly MirrorNetwork network;
    private readonly SupervisorWriter supervisor;
    private readonly HaScores scores;
    private readonly Lock ruleset = new();
    private readonly Lock loading = new();
    private ImmutableDictionary<string, GroupRuntime> groups = ImmutableDictionary<string, GroupRuntime>.Empty;
    private ServiceTable? services;
    private MemberHealth health = MemberHealth.AllUp;
    private bool listening;
    private bool stopped;

    public DeviceRuntime(DeviceGroupModel model, DataPlaneHost host, LeaseKeeper lease, DeviceTrust trust, NodeOptions options, ILoggerFactory logs)
    {
        this.trust = trust;
        (this.model, this.host, this.lease, this.logs) = (model, host, lease, logs);
        log = logs.CreateLogger("device");
        supervisor = SupervisorWriter.To(options.AloneFile, new LifeSign(options.LifeSignFile, TimeProvider.System), log);
        sink = new FlowSink(log);
        listener = new FlowListener(
            host.Thread, sink, model.Mirroring.ChannelsPerTrafficGroup, model.HasFtp ? master => Services?.FtpGroupOf(master) ?? 0 : null);
        reselection = new Reselection(host, log);
        addresses = new FloatingAddresses(host.Thread, logs.CreateLogger("addresses"));
        network = new MirrorNetwork(model, trust, TimeProvider.System, logs.CreateLogger("mirror"));
        scores = new HaScores(model, seen => Device!.Tell(new DeviceMessage.ScoresSeen(seen)));
        var memory = new MonitorMemory();
        Monitors = new ActorCell<MonitorMessage>(
            "monitor",
            self => new MonitorActor(self, memory,
                new Dictionary<MonitorType, IMemberProbe> { [MonitorType.Tcp] = new TcpProbe(host), [MonitorType.Icmp] = new IcmpProbe(host) },
                this, TimeProvider.System, log),
            log);
    }

    public ActorCell<MonitorMessage> Monitors { get; }

    public ActorCell<DeviceMessage> Device { get; set; } = null!;

    public ImmutableDictionary<string, GroupRuntime> Runtimes => Volatile.Read(ref groups);

    public ServiceTable? Services => Volatile.Read(ref services);

    public EventCounts Events
    {
        get
        {
            var (heard, batches, refused, overflows) = listener.Counts;
            return new EventCounts(heard, batches, refused, overflows);
        }
    }

    /// <summary>All of this device, in the order in which they were made.</summary>
    public IEnumerable<IActorFaults> Actors => [Device, Monitors, .. Runtimes.Values.OrderBy(g => g.Number).SelectMany(g => g.Actors)];

    public MemberHealth Health => Volatile.Read(ref health);

    public Action<ClusterNotice>? DecidedObserver { get; set; }

    public Action<OfflineWord>? OfflineObserver { get; set; }

    /// <summary>Told of each role change of a traffic group on this device, on its actor's thread: must not block.</summary>
    public Action<string, Role, Epoch>? RoleObserver { get; set; }

    public IEnumerable<IActorRef<GroupMessage>> Groups => Runtimes.Values.Select(g => g.Control);

    public IActorRef<GroupMessage>? Group(string name) => Runtimes.GetValueOrDefault(name)?.Control;

    public void Load(ClusterState state)
    {
        var next = ServiceTable.TryCreate(model, state);
        if (next is null)
        {
            log.LogError("The cluster has not numbered every object of this configuration; this device takes no part in traffic");
            return;
        }

        lock (loading)
        {
            if (!stopped) Load(next);
        }
    }

    private void Load(ServiceTable next)
    {
        lock (ruleset)
        {
            // The same numbers: the ruleset in the kernel, and with it every lease and counter, stays.
            if (services?.Digest != next.Digest)
            {
                host.Run(Ruleset.Whole(next, health));
                services = next;
            }
        }

        var added = next.Groups.Where(g => !groups.ContainsKey(g.Key)).ToList();
        addresses.Prepare(next.Floating);
        // What a predecessor left; its gates are shut by the new tables.
        addresses.Lower([.. next.Floating.Where(f => added.Exists(g => g.Value == f.GroupNumber))]);
        foreach (var (name, number) in added) groups = groups.Add(name, Create(name, number));
        if (!listening)
        {
            listening = true;
            listener.Start();
        }

        Monitors.Tell(new MonitorMessage.Watch(next));
        scores.Tell();
    }

    public void AloneChanged(bool alone)
    {
        lease.Alone = alone;
        supervisor.SayAlone(alone);
    }

    public void SignOfLife() => supervisor.SayAlive();

    public void Decided(ClusterNotice notice) => DecidedObserver?.Invoke(notice);

    public void RevokedChanged(ImmutableSortedSet<string> serials) => trust.Revoke(serials);

    public void OfflineChanged(ImmutableArray<OfflineWord> words)
    {
        foreach (var word in words) OfflineObserver?.Invoke(word);
    }

    /// <summary>Says once more that an address is here; nothing without a valid lease.</summary>
    public void Announce(FloatingAddress address)
    {
        if (lease.Remaining > TimeSpan.Zero) addresses.Announce([address]);
    }

    public void Changed(MemberHealth changed, string pool, Endpoint member, MemberStatus status)
    {
        scores.Changed(pool, member, status.State);
        lock (ruleset)
        {
            health = changed;
            if (services is null) return;
            reselection.Choose(services, changed, pool, member, status.TakesConnections);
        }

        TellMember(pool, member, status.TakesConnections);
    }

    /// <summary>Records of a member that is down are no more; the kernel's elements went with its place in the choice.</summary>
    private void TellMember(string pool, Endpoint member, bool isUp)
    {
        foreach (var group in Services!.Services.Where(s => s.Scope is not null && s.Server.Pool?.Name == pool).GroupBy(s => s.Server.TrafficGroup))
        {
            var marks = group.SelectMany(s => s.Members).Where(m => m.Member.Endpoint == member).Select(m => m.Mark).ToImmutableArray();
            Runtimes.GetValueOrDefault(group.Key)?.Tables.Tell(new TableMessage.MemberChanged(marks, isUp));
        }
    }

    /// <summary>Returns when no role is held any more and nothing changes the kernel: gates shut, addresses gone, channels closed.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (loading) stopped = true;
        await Monitors.DisposeAsync();
        foreach (var group in Runtimes.Values) group.Control.Tell(new GroupMessage.Assigned(null, null));
        foreach (var group in Runtimes.Values) await group.DisposeAsync();
        listener.Dispose(); // last: a table that closes takes its socket off the listener's list
        addresses.Dispose();
        reselection.Dispose();
        await supervisor.DisposeAsync();
    }

    private GroupRuntime Create(string name, int number)
    {
        var groupLog = logs.CreateLogger(name);
        var display = new GroupDisplay(TimeProvider.System, (group, role, epoch) => RoleObserver?.Invoke(group, role, epoch), groupLog);
        var dataPlane = new GroupDataPlane(name, number, () => Services!, host, addresses, lease, groupLog);
        var runtime = new GroupRuntime(
            name, number, model.Mirroring.ChannelsPerTrafficGroup, display, (share, observer) => TableContext(name, number, share, observer, groupLog), (tables, connections) =>
            {
                var context = new GroupContext(
                    name, model.Cluster, dataPlane, new KeptStatements(Device), tables, () => connections.Inheritance, display, TimeProvider.System, groupLog);
                return new ActorCell<GroupMessage>($"traffic-group/{name}", self => new TrafficGroupActor(self, context), groupLog);
            });
        sink.Add(runtime);
        return runtime;
    }

    private TableContext TableContext(string name, int number, ChannelShare share, ITableObserver observer, ILogger groupLog) => new()
    {
        Group = name,
        Number = number,
        Channel = share,
        Services = () => Services!,
        OpenFlows = () =>
        {
            var flows = new KernelFlows(host.Thread, number, share);
            listener.Ignore(flows);
            return flows;
        },
        CloseFlows = flows =>
        {
            listener.Heed(flows);
            flows.Dispose();
        },
        OpenMaps = () => share.Number == 1 && Services!.Scopes.Any(s => s.TrafficGroup == number) ? new PersistenceMaps(host.Thread) : null,
        Restored = Restored,
        Network = network,
        Settings = model.Mirroring,
        Observer = observer,
        Time = TimeProvider.System,
        Log = groupLog,
    };

    private void Restored()
    {
        try
        {
            if (services is not null && Ruleset.Restored(services) is { } commands) host.Run(commands);
        }
        catch (NftablesException failure)
        {
            log.LogError(failure, "A connection that is taken out of the kernel's table again within seconds may be reset");
        }
    }

    private sealed class KeptStatements(IActorRef<DeviceMessage> device) : ICommandSender
    {
        public void Keep(string key, ClusterCommand? command) => device.Tell(new DeviceMessage.Keep(key, command));
    }
}
