using System.Collections.Immutable;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Tests.Management;

/// <summary>A device with one traffic group that can be moved from a to b, and no further.</summary>
internal sealed class FakeDevice : IDeviceView, IDeviceControl
{
    private static readonly Moment s_start = new(1_000_000_000, new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    private static readonly ImmutableArray<AlarmReport> s_alarms =
        [new AlarmReport("no-mirror", "tg1", "no other device is fit to be next-active", "start another device", s_start)];

    private static readonly LossReport s_loss =
        new(501, 498, ImmutableSortedDictionary<string, int>.Empty.Add("mirroring-off", 2).Add("not-acknowledged", 1), 120, 3);

    private static readonly ImmutableSortedDictionary<string, int> s_scores = ImmutableSortedDictionary<string, int>.Empty.Add("web", 37);

    private static readonly PlacementReport s_placement = new(
        "ha-group", "an operator took c offline", "the score of b is 37, that of c 12", [new("a", "active", 50, 40, 3, 10), new("b", "next-active", 37, 37, 1, 20)],
        ["if a fails it moves to b"]);

    public string Active { get; private set; } = "a";

    public bool IsPromoting { get; set; }

    /// <summary>What a test changes of the status.</summary>
    public Func<StatusReport, StatusReport> Seen { get; set; } = status => status;

    public Measurements Measure() => new()
    {
        Events = new EventCounts(1200, 80, 1, 2),
        KernelTable = new TableFill(321, 262_144),
        LeaseRemaining = 0.375,
        LeaseDuration = 0.5,
        Actors = [new ActorMeasure("device", 3, 1), new ActorMeasure("connection-table/tg1", 0, 0)],
        Failovers = [new FailoverCount("tg1", "device-down", 2, 498, 3)],
        JournalDropped = 4,
        JournalIsWell = true,
    };

    public StatusReport Status() => Seen(Initial());

    private StatusReport Initial() => new()
    {
        Device = "a",
        DeviceId = 1,
        Group = "dg1",
        Engine = "corosync",
        Ring = "1.8",
        Quorate = true,
        Membership = Membership.Synced,
        Members = ["a", "b"],
        UnsafePair = true,
        Now = s_start,
        StartedAt = s_start,
        Journal = "ok",
        ClusterLinks =
        [
            new("b", 0, "10.99.0.1", "10.99.0.2", ClusterLinkState.Up, s_start, 0, 640),
            new("b", 1, "10.98.0.1", "10.98.0.2", ClusterLinkState.Down, s_start, 7, 640),
            new("c", 0, "10.99.0.1", "10.99.0.3", ClusterLinkState.Unknown, null, null, null),
        ],
        Alarms = s_alarms,
        TrafficGroups =
        [
            new TrafficGroupReport
            {
                Name = "tg1",
                Number = 1,
                Role = Active == "a" ? Role.Active : Role.Mirror,
                Epoch = "8.3",
                Active = Active,
                NextActive = Active == "a" ? "b" : "a",
                Held = "failures moved it 3 times",
                Placement = s_placement,
                Since = s_start,
                Transitions = 2,
                LeaseRemainingMs = 512,
                Port = 1029,
                Mirror = Mirror(),
                Counts = new ConnectionCounts(500, 498, 1, 0, 1),
                LastPromotion = new PromotionReport("8.3", "device-down", 431, 219.5, 12.25, 500, 498, 2_000_000_000, s_loss),
            },
        ],
    };

    public ImmutableArray<DeviceReport> Devices() =>
    [
        new("a", 1, true, "10.99.0.1", "10.30.0.1", true, true, false, [], 12.5, true, ["tg1"], [], s_alarms, false, s_scores),
        new("b", 2, false, "10.99.0.2", "10.30.0.2", true, true, true, ["external"], 900, false, [], ["tg1"], null, false, s_scores),
        new("c", 3, false, "10.99.0.3", "10.30.0.3", true, true, false, [], 900, true, [], [], null, true, s_scores),
    ];

    public ImmutableArray<VirtualServerReport> VirtualServers() =>
    [
        new("vs[1]", 1, "10.10.0.100:5000", "tcp", "tg1", "web", "on", "none", 500, 498, [new PoolMemberReport("10.20.0.11:5000", 3, "up", 375)]),
    ];

    public ImmutableArray<SnatReport> Snats() =>
        [new("out", 2, ["10.20.0.0/24"], ["internal"], true, ["10.10.0.254", "10.20.0.254"], "tg1", "after 30 s", 7, 6)];

    public ImmutableArray<MirrorReport> Mirrors() => [Mirror(), Mirror() with { Channel = 2, Port = 1030, SequenceSent = 77 }];

    public Task<ImmutableArray<FailoverReport>> FailoversAsync(int limit, CancellationToken cancellation) => Task.FromResult<ImmutableArray<FailoverReport>>(
    [
        new("tg1", "8.3", "b", "a", "device-down", 431, 12.25, s_start.Wall, s_loss),
        new("tg1", "8.1", "c", "b", "forced", null, 4, s_start.Wall, new LossReport(null, 7, ImmutableSortedDictionary<string, int>.Empty, null, null)),
    ]);

    public Task<ConnectionPage> ConnectionsAsync(ConnectionQuery query, CancellationToken cancellation)
    {
        if (query.TrafficGroup is not (null or "tg1")) throw new DeviceCommandException(CommandFailure.NotFound, $"there is no traffic group {query.TrafficGroup}");
        ImmutableArray<ConnectionReport> all =
        [
            new("tg1", "vs1", "tcp", "10.10.0.9:40000", "10.10.0.100:5000", "10.20.0.11:5000", null, "established", true, null),
            new("tg1", "vs1", "tcp", "10.10.0.9:40001", "10.10.0.100:5000", "10.20.0.11:5000", "10.20.0.254:40001", "established", false, "mirror-table-full"),
        ];
        var matching = all.Where(c => query.Mirrored is null || c.Mirrored == query.Mirrored).ToList();
        var begin = query.After is null ? 0 : int.Parse(query.After);
        var end = Math.Min(begin + query.Limit, matching.Count);
        return Task.FromResult(new ConnectionPage(matching.Count, [.. matching[begin..end]], end < matching.Count ? $"{end}" : null));
    }

    public Task<PersistencePage> PersistenceAsync(PersistenceQuery query, int limit, CancellationToken cancellation) => query.Client is "nonsense"
        ? throw new DeviceCommandException(CommandFailure.Malformed, "'nonsense' is no IPv4 or IPv6 address")
        : Task.FromResult(new PersistencePage(
            2, 3, true, [new PersistenceReport("tg1", [query.VirtualServer ?? "vs1"], "source-address", "10.10.0.0/24", "web", "10.20.0.11:5000", 12_000, 2, 180_000, 180_000, true)]));

    public Task<RehearsalReport> RehearseAsync(string trafficGroup, CancellationToken cancellation) => trafficGroup == "tg1"
        ? Task.FromResult(new RehearsalReport(
            "tg1", "a", "b", ["b has lost VLAN external"], Mirror(), 500, 498,
            [new ExposedConnections("mirroring-off", 2, "the virtual server is not mirrored", [Connection(40001)])],
            [new ExposedListener("vs[2]", "10.10.0.100:80", 2, 0)], ["10.10.0.100 on ext0"]))
        : throw new DeviceCommandException(CommandFailure.Conflict, $"traffic group {trafficGroup} is not active here");

    public Task<ConnectionExplanation> ExplainAsync(string tuple, CancellationToken cancellation) => tuple == "tcp 10.10.0.9:40000 -> 10.10.0.100:5000"
        ? Task.FromResult(new ConnectionExplanation(
            Connection(40000), "a", Role.Active, "ratio: 3 of 4 turns", "mirrored by b", 12_300, "it goes on on b"))
        : throw new DeviceCommandException(CommandFailure.Malformed, $"'{tuple}' is no connection");

    private static ConnectionReport Connection(int port) =>
        new("tg1", "vs1", "tcp", $"10.10.0.9:{port}", "10.10.0.100:5000", "10.20.0.11:5000", null, "established", true, null);

    public Task<CommandReport> ForceStandbyAsync(string trafficGroup, string? to, CancellationToken cancellation)
    {
        if (trafficGroup != "tg1") throw new DeviceCommandException(CommandFailure.NotFound, "there is no such traffic group");
        if (Active == "b") throw new DeviceCommandException(CommandFailure.Conflict, "no other device is fit to be active");
        Active = to ?? "b";
        return Task.FromResult(new CommandReport($"{trafficGroup} is active on {Active}"));
    }

    public Task<CommandReport> SetOfflineAsync(string name, bool offline, CancellationToken cancellation) => name == "c"
        ? Task.FromResult(new CommandReport($"device c is {(offline ? "offline" : "released")}"))
        : throw new DeviceCommandException(CommandFailure.NotFound, $"there is no device '{name}'");

    public Task<CommandReport> RevokeAsync(string serial, CancellationToken cancellation) => Task.FromResult(new CommandReport($"certificate {serial} is revoked"));

    public Task<CommandReport> ResyncAsync(string trafficGroup, CancellationToken cancellation) => trafficGroup == "tg1"
        ? Task.FromResult(new CommandReport("traffic group tg1 is being resynced"))
        : throw new DeviceCommandException(CommandFailure.NotFound, "there is no such traffic group");

    public Task<CommandReport> DeletePersistenceAsync(PersistenceQuery query, CancellationToken cancellation) => query == PersistenceQuery.All
        ? throw new DeviceCommandException(CommandFailure.Conflict, "this device is not active for any traffic group: records are deleted where they are made")
        : Task.FromResult(new CommandReport($"1 persistence records deleted: {query}"));

    public ImmutableArray<ActorReport> Actors() => throw Forbidden();

    public Task<CommandReport> KillActorAsync(KillActorRequest request, CancellationToken cancellation) => throw Forbidden();

    private static DeviceCommandException Forbidden() => new(CommandFailure.Forbidden, "this daemon was not started with --allow-faults");

    private static MirrorReport Mirror() => new()
    {
        TrafficGroup = "tg1",
        Direction = MirrorDirection.Outgoing,
        Peer = "b",
        Channel = 1,
        Port = 1029,
        Path = "primary",
        Security = "tls",
        State = MirrorChannelState.InSync,
        Since = s_start,
        Transitions = 3,
        Reason = null,
        LastReason = new MirrorReason("the mirror was silent for 1 s", s_start.Wall),
        LagChanges = 2,
        LagBytes = 64,
        SequenceAppended = 12,
        SequenceSent = 11,
        SequenceAcked = 10,
        OldestUnackedMs = 1.5,
        Complete = true,
        Resyncs = 1,
        Desyncs = 2,
        Bytes = 4096,
        NotHeld = ImmutableSortedDictionary<string, int>.Empty.Add("kernel-table-full", 2),
        Repaired = new RepairReport(3, 1, 0),
    };
}
