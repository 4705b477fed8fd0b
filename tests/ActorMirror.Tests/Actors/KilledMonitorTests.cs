using System.Threading.Channels;
using ActorMirror.Actors.Monitoring;
using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Monitors;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Pools;
using ActorMirror.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Actors;

/// <summary>Killed at any of its messages, the monitors' actor goes on watching, and remembers who is down.</summary>
public sealed class KilledMonitorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly ServiceTable Services = ServiceTables.Load(Repository.Path("hocon", "three-devices.conf"));
    private static readonly Endpoint Dead = Endpoint.Parse("10.20.0.11:5000");

    public static TheoryData<string> Messages => [.. MessageTypes.Of(typeof(MonitorMessage)).Keys];

    [Theory, MemberData(nameof(Messages))]
    public async Task A_member_that_is_down_stays_down_and_comes_up_by_a_probe(string message)
    {
        var time = new FakeTimeProvider();
        var surroundings = new Surroundings();
        var memory = new MonitorMemory();
        await using var cell = new ActorCell<MonitorMessage>("monitor", self => new MonitorActor(
            self, memory, new Dictionary<MonitorType, IMemberProbe> { [MonitorType.Tcp] = surroundings, [MonitorType.Icmp] = surroundings },
            surroundings, time, NullLogger.Instance), NullLogger.Instance);
        cell.Tell(new MonitorMessage.Watch(Services));
        await surroundings.UntilAsync(Dead, MemberState.Up);

        // Down: the last success is longer ago than the time-out.
        surroundings.IsDead = true;
        time.Advance(Services.Services[0].Server.Pool!.Monitor!.Timeout);
        cell.Tell(new MonitorMessage.Probed("web", Dead, Success: false));
        await surroundings.UntilAsync(Dead, MemberState.Down);

        cell.KillAtNext(message).ShouldBeTrue();
        cell.Tell(message == nameof(MonitorMessage.Watch) ? new MonitorMessage.Watch(Services) : new MonitorMessage.Probed("web", Dead, Success: false));
        cell.Tell(new MonitorMessage.Probed("web", Endpoint.Parse("10.20.0.12:5000"), Success: true));
        surroundings.IsDead = false;
        cell.Tell(new MonitorMessage.Probed("web", Dead, Success: true));
        await surroundings.UntilAsync(Dead, MemberState.Up);

        cell.Kills[message].ShouldBe(1);
        surroundings.Doubtful.ShouldBeEmpty("nobody else's news brings a member back");
    }

    /// <summary>Members that answer, but for one that can be dead; and what the actor says of them.</summary>
    private sealed class Surroundings : IMemberProbe, IMemberHealthObserver
    {
        // As many as the actor may say in one test; it never waits for the reader.
        private readonly Channel<(Endpoint Member, MemberState State)> said = Channel.CreateBounded<(Endpoint, MemberState)>(256);
        private volatile bool dead;
        private MemberState last;

        public bool IsDead
        {
            get => dead;
            set => dead = value;
        }

        /// <summary>News of others that count the dead one as up.</summary>
        public List<string> Doubtful { get; } = [];

        public Task<bool> ProbeAsync(Endpoint member, CancellationToken cancellation) => Task.FromResult(!dead || member != Dead);

        public void Changed(MemberHealth health, string pool, Endpoint member, MemberStatus status)
        {
            if (member == Dead) last = status.State;
            else if (last == MemberState.Down && health.IsUp("web", Dead)) Doubtful.Add($"{pool} {member} is {status.State}");
            said.Writer.TryWrite((member, status.State)).ShouldBeTrue();
        }

        public async Task UntilAsync(Endpoint member, MemberState state)
        {
            using var limit = new CancellationTokenSource(Patience);
            while (await said.Reader.ReadAsync(limit.Token) != (member, state))
            {
                // What the others do is of no interest.
            }
        }
    }
}
