using System.Collections.Immutable;
using System.Threading.Channels;
using ActorMirror.Actors.Devices;
using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Leases;
using ActorMirror.Actors.Runtime;
using ActorMirror.Cluster;
using ActorMirror.Configuration;
using ActorMirror.DataPlane.Lease;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Actors;

/// <summary>What the actor of a device does around the load of its ruleset, which takes as long as it takes.</summary>
public sealed class DeviceActorTests : IAsyncLifetime
{
    private static readonly DeviceId s_self = new(1);
    private static readonly DeviceId s_other = new(2);
    private static readonly RingId s_ring = new(1, 4);

    private readonly Surroundings surroundings = new();
    private readonly DeviceContext context;
    private DeviceActor actor;

    public DeviceActorTests()
    {
        var model = ConfigurationLoader.Load(Repository.Path("hocon", "three-devices.conf"), "a").Model!;
        var time = new FakeTimeProvider();
        context = new DeviceContext
        {
            Model = model,
            Engine = surroundings,
            Lease = new LeaseKeeper(s_self, model.Cluster.Lease, surroundings, surroundings, time, NullLogger.Instance),
            Environment = surroundings,
            Time = time,
            Log = NullLogger.Instance,
            Replica = ClusterReplica.Create(s_self, 1, Declaration.From(model, Epoch.None, [], [])),
        };
        actor = new DeviceActor(surroundings, context);
    }

    public async Task InitializeAsync() => await actor.StartAsync(restart: false);

    public async Task DisposeAsync()
    {
        surroundings.Kernel.Set();
        await actor.DisposeAsync();
        surroundings.Dispose();
    }

    [Fact]
    public async Task Roles_wait_for_the_load_and_nobody_waits_for_them()
    {
        await EnterAsync();
        context.IsIn.ShouldBeTrue("the replica goes on");
        surroundings.Told.ShouldBeEmpty();
        await LoadedAsync();
        surroundings.Told.ShouldBe([("tg1", "active"), ("tg2", "active")], ignoreOrder: true);
        surroundings.Loads.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_load_is_tried_again_with_the_next_retry()
    {
        surroundings.Failure = new IOException("nftables refused");
        await EnterAsync();
        await LoadedAsync();
        surroundings.Told.ShouldBeEmpty();

        surroundings.Failure = null;
        for (var ticks = 0; ticks < 5; ticks++) await actor.HandleAsync(new DeviceMessage.Tick());
        await LoadedAsync();
        surroundings.Told.Count.ShouldBe(2);
        surroundings.Loads.ShouldBe(2);
    }

    [Fact]
    public async Task A_view_during_the_load_is_applied_and_what_it_wants_is_done_behind_it()
    {
        await EnterAsync();
        var sent = surroundings.Sent.Count;
        var second = new RingId(1, 8);
        await ViewAsync(second, [s_self, s_other], joined: [s_other]);
        context.Replica.View!.Ring.ShouldBe(second);
        surroundings.Sent.Count.ShouldBe(sent);
        await LoadedAsync();
        surroundings.Told.Count.ShouldBe(2);
        surroundings.Sent.Skip(sent).ShouldBe([(second, "Hello")]);
        surroundings.Loads.ShouldBe(1);
    }

    [Fact]
    public async Task What_waited_behind_the_load_and_is_over_is_not_done()
    {
        await EnterAsync();
        var sent = surroundings.Sent.Count;
        var (second, third) = (new RingId(1, 8), new RingId(1, 12));
        await ViewAsync(second, [s_self, s_other], joined: [s_other]);
        await ViewAsync(third, [s_self], joined: [], new Departure(s_other, LeaveReason.DeviceDown));
        await LoadedAsync();
        surroundings.Sent.Skip(sent).ShouldBe([(third, "Hello")]);
    }

    [Fact]
    public async Task A_role_that_was_lost_during_the_load_is_never_told()
    {
        await EnterAsync();
        await actor.HandleAsync(new DeviceMessage.Ordered(new ClusterEvent.View(new RingId(1, 8), Quorate: false, [s_self], [], [])));
        await LoadedAsync();
        surroundings.Told.ShouldBe([("tg1", "none"), ("tg2", "none")], ignoreOrder: true);
        context.LastDrop.ShouldBe(new RolesDropped("the quorum is lost"));
        context.IsIn.ShouldBeFalse();
    }

    [Fact]
    public async Task The_actor_that_follows_a_failed_one_waits_for_the_same_load()
    {
        await EnterAsync();
        await actor.DisposeAsync();
        actor = new DeviceActor(surroundings, context);
        await actor.StartAsync(restart: true);
        for (var ticks = 0; ticks < 5; ticks++) await actor.HandleAsync(new DeviceMessage.Tick());
        surroundings.Told.Where(t => t.Role != "active").ShouldBeEmpty();
        await LoadedAsync();
        surroundings.Told.ShouldContain(("tg1", "active"));
        surroundings.Loads.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_said_before_anybody_had_the_state_is_said_again()
    {
        await actor.HandleAsync(new DeviceMessage.LinksChanged(["external"]));
        await EnterAsync();
        surroundings.Sent.ShouldBe([(s_ring, "Hello"), (s_ring, "Health"), (s_ring, "Health")], "the first one went before the election");
    }

    [Fact]
    public async Task What_an_operator_said_of_a_device_is_told_once_to_be_remembered()
    {
        await EnterAsync();
        await LoadedAsync();
        await OrderAsync(new ClusterCommand.SetOffline(s_other, Offline: true, 1));
        var word = new OfflineWord(s_other, Offline: true, context.Replica.State!.Position);
        await OrderAsync(new ClusterCommand.SetOffline(s_other, Offline: true, 2));
        surroundings.Offline.ShouldHaveSingleItem().ShouldBe([word]);
    }

    [Fact]
    public async Task Scores_that_the_actor_was_told_before_it_failed_are_said_by_the_one_that_follows()
    {
        await EnterAsync();
        await LoadedAsync();
        await actor.HandleAsync(new DeviceMessage.ScoresSeen([new HaScore("servers", 50)]));
        await actor.DisposeAsync();
        actor = new DeviceActor(surroundings, context);
        await actor.StartAsync(restart: true);
        for (var ticks = 0; ticks < 10; ticks++) await actor.HandleAsync(new DeviceMessage.Tick());
        surroundings.Sent.Count(s => s == (s_ring, "Scores")).ShouldBe(1);
    }

    private ValueTask OrderAsync(ClusterCommand command) =>
        actor.HandleAsync(new DeviceMessage.Ordered(new ClusterEvent.Command(s_ring, s_self, CommandCodec.Encode(command))));

    /// <summary>The device is alone and begins the state; the load has begun, and does not end.</summary>
    private async Task EnterAsync()
    {
        surroundings.Kernel.Reset();
        await ViewAsync(s_ring, [s_self], joined: [s_self]);
        await actor.HandleAsync(new DeviceMessage.Ordered(new ClusterEvent.Command(s_ring, s_self, surroundings.Payloads[0])));
    }

    private async Task LoadedAsync()
    {
        surroundings.Kernel.Set();
        await surroundings.LoadedMessages.Reader.ReadAsync();
        await actor.HandleAsync(new DeviceMessage.Loaded());
    }

    private ValueTask ViewAsync(RingId ring, DeviceId[] members, DeviceId[] joined, params Departure[] left) =>
        actor.HandleAsync(new DeviceMessage.Ordered(new ClusterEvent.View(ring, Quorate: true, [.. members], [.. joined], [.. left])));

    /// <summary>All that is round the actor: cluster, kernel, the traffic groups' actors, and its own mailbox.</summary>
    private sealed class Surroundings : IClusterEngine, IDeviceEnvironment, ILeaseGate, IActorRef<DeviceMessage>, IDisposable
    {
        private readonly Group tg1, tg2;

        public Surroundings() => (tg1, tg2) = (new Group("tg1", Told), new Group("tg2", Told));

        public List<(string Group, string Role)> Told { get; } = [];

        public List<ImmutableArray<OfflineWord>> Offline { get; } = [];

        public List<(RingId Ring, string Command)> Sent { get; } = [];

        public List<byte[]> Payloads { get; } = [];

        /// <summary>Set: a load goes through.</summary>
        public ManualResetEventSlim Kernel { get; } = new();

        public Channel<DeviceMessage> LoadedMessages { get; } = Channel.CreateUnbounded<DeviceMessage>();

        public Exception? Failure { get; set; }

        public int Loads { get; private set; }

        public DeviceId Self => s_self;

        public ChannelReader<ClusterEvent> Events => throw new NotSupportedException();

        public ClusterLinks Links => ClusterLinks.None;

        public IEnumerable<IActorRef<GroupMessage>> Groups => [tg1, tg2];

        public void Dispose() => Kernel.Dispose();

        public Task StartAsync(IHeartbeatObserver heartbeats, CancellationToken cancellation) => throw new NotSupportedException();

        public bool TrySend(RingId decidedIn, ReadOnlySpan<byte> command)
        {
            Payloads.Add(command.ToArray());
            Sent.Add((decidedIn, CommandCodec.Decode(command, out _).ShouldNotBeNull().GetType().Name));
            return true;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public void Load(ClusterState state)
        {
            Loads++;
            Kernel.Wait();
            if (Failure is not null) throw Failure;
        }

        IActorRef<GroupMessage>? IDeviceEnvironment.Group(string name) => name switch { "tg1" => tg1, "tg2" => tg2, _ => null };

        public void RevokedChanged(ImmutableSortedSet<string> serials)
        {
        }

        public void AloneChanged(bool alone)
        {
        }

        public void OfflineChanged(ImmutableArray<OfflineWord> words) => Offline.Add(words);

        public void Decided(ClusterNotice notice)
        {
        }

        public void SignOfLife()
        {
        }

        public void Open(ReadOnlySpan<int> groups, TimeSpan lifetime)
        {
        }

        public void Shut(int group)
        {
        }

        public bool Tell(DeviceMessage message) => message is not DeviceMessage.Loaded || LoadedMessages.Writer.TryWrite(message);

        public bool TellData(DeviceMessage message) => Tell(message);

        private sealed class Group(string name, List<(string, string)> told) : IActorRef<GroupMessage>
        {
            public bool Tell(GroupMessage message)
            {
                if (message is GroupMessage.Assigned assigned) told.Add((name, assigned.Role?.GetType().Name.ToLowerInvariant() ?? "none"));
                return true;
            }

            public bool TellData(GroupMessage message) => Tell(message);
        }
    }
}
