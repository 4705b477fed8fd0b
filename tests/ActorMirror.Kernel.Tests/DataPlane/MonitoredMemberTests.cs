using System.Net.Sockets;
using System.Threading.Channels;
using ActorMirror.Actors.Monitoring;
using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Monitors;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Pools;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>From a monitor's verdict to the kernel's choice.</summary>
public sealed class MonitoredMemberTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BalancedNetwork _network = new();

    public void Dispose() => _network.Dispose();

    [NamespaceFact]
    public async Task A_member_that_is_down_takes_no_new_connection_and_keeps_the_established()
    {
        using var first = _network.Listen(BalancedNetwork.First);
        var second = _network.Listen(BalancedNetwork.Second);
        var clients = Enumerable.Range(0, 4).Select(_ => _network.Connect(5000)).ToList();
        var atSecond = _network.Accept(second);
        var kept = clients.Single(c => c.LocalEndPoint!.Equals(atSecond.RemoteEndPoint));
        for (var i = 0; i < 3; i++) _network.Accept(first);
        var probes = new Dictionary<MonitorType, IMemberProbe> { [MonitorType.Tcp] = new TcpProbe(new Here()) };
        var choice = new Choice(_network.Service("weighted"));
        await using var monitors = new ActorCell<MonitorMessage>(
            "monitor", self => new MonitorActor(self, new MonitorMemory(), probes, choice, TimeProvider.System, NullLogger.Instance), NullLogger.Instance);
        monitors.Tell(new MonitorMessage.Watch(_network.Services));
        await choice.UntilAsync("10.2.0.12:5000", MemberState.Up);

        second.Dispose(); // it listens no more; what it accepted lives
        await choice.UntilAsync("10.2.0.12:5000", MemberState.Down);

        for (var i = 0; i < 8; i++)
        {
            using var client = _network.Connect(5000);
            using var member = _network.Accept(first);
            BalancedNetwork.Exchange(client, member);
        }

        BalancedNetwork.Exchange(kept, atSecond);

        second = _network.Listen(BalancedNetwork.Second);
        await choice.UntilAsync("10.2.0.12:5000", MemberState.Up);
        for (var i = 0; i < 4; i++) _network.Connect(5000);
        _network.Accept(second).Dispose();
    }

    /// <summary>Carries a verdict into the kernel, as the daemon does, and tells of it afterwards.</summary>
    private sealed class Choice(Service service) : IMemberHealthObserver
    {
        // A handful of verdicts come in a test; nobody waits here.
        private readonly Channel<(string Member, MemberState State)> _made = Channel.CreateBounded<(string, MemberState)>(64);

        public void Changed(MemberHealth health, string pool, Endpoint member, MemberStatus status)
        {
            TestNetwork.Nft(Ruleset.Reselect(service, health));
            _made.Writer.TryWrite((member.ToString(), status.State)).ShouldBeTrue();
        }

        public async Task UntilAsync(string member, MemberState state)
        {
            using var patience = new CancellationTokenSource(Patience);
            while (await _made.Reader.ReadAsync(patience.Token) != (member, state))
            {
                // Others come up too.
            }
        }
    }

    private sealed class Here : ISocketFactory
    {
        public Socket Create(AddressFamily family, SocketType type, ProtocolType protocol) => new(family, type, protocol);
    }
}
