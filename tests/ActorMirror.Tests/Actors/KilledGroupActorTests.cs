using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.Configuration;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Actors;

/// <summary>Killed at any of its messages, the actor of a traffic group leaves gate, addresses, table and statements as one that was not.</summary>
public sealed class KilledGroupActorTests
{
    private static readonly Epoch First = new(8, 1);
    private static readonly MirrorPeer Peer = new(new DeviceId(2), 1029);
    private static readonly LocalRole.Active Active = new(First, Peer, PromotionWait.None, MoveReason.Initial);
    private static readonly GroupMessage.Assigned Promote = new(Active, null);
    private static readonly GroupMessage.CopyChanged Complete = new(First, Peer.Device, Complete: true, 1);
    private static readonly GroupMessage.Assigned HandOver = new(new LocalRole.HandingOver(First, Peer, 7), null);

    public static TheoryData<string> Messages => [.. MessageTypes.Of(typeof(GroupMessage)).Keys];

    [Theory, MemberData(nameof(Messages))]
    public async Task What_is_left_does_not_depend_on_the_kill(string message)
    {
        var (refusals, story) = Story(message);
        story[^1].GetType().Name.ShouldBe(message);

        var undisturbed = await RunAsync(story, refusals, null);
        var killed = await RunAsync(story, refusals, message);

        killed.Result.ShouldBe(undisturbed.Result);
        (undisturbed.Kills, killed.Kills).ShouldBe((0, 1));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(nameof(GroupMessage.Assigned))]
    public async Task What_was_lost_is_told_as_it_was_at_the_first_decision(string? killAt)
    {
        // Decided while it was the mirror, and again while it waited: the table has been told then that it is active.
        var asked = 0;
        var surroundings = new Surroundings { Refused = "" };
        var context = Context(surroundings, () => asked++ == 0 ? new Inheritance(new OpenCounts(10, 7), null, WasActive: false) : new Inheritance(new OpenCounts(7, 7), null, WasActive: true));
        var waiting = Active with { Epoch = new Epoch(8, 0), Wait = new PromotionWait(DeviceSet.Of(Peer.Device), DeviceSet.Empty), Reason = MoveReason.DeviceDown };
        await TellAsync(context, killAt, new GroupMessage.Assigned(waiting, null), new GroupMessage.Assigned(Active with { Reason = MoveReason.DeviceDown }, null));
        surroundings.Loss.ShouldBe(new LossReport(null, ExposureCounts.None.With(Exposure.NotHeld, 3), null, null));
    }

    /// <summary>How a message comes to matter; the last one is the message itself. A new message is given its story here.</summary>
    /// <returns>What the surroundings refuse once, and what the actor is told.</returns>
    private static (string Refused, GroupMessage[] Story) Story(string message) => message switch
    {
        nameof(GroupMessage.Assigned) => ("", [Promote]),
        nameof(GroupMessage.Moved) =>
            ("", [new GroupMessage.Assigned(Active with { Wait = new PromotionWait(DeviceSet.Of(Peer.Device), DeviceSet.Empty) }, null),
                new GroupMessage.Moved(new GroupInput.GuardOver(First))]),
        nameof(GroupMessage.LeaseGranted) => ("gate", [Promote, new GroupMessage.LeaseGranted()]),
        nameof(GroupMessage.AnnounceAgain) => ("", [Promote, new GroupMessage.AnnounceAgain(First, 0)]),
        nameof(GroupMessage.RetryAddresses) => ("addresses", [Promote, new GroupMessage.RetryAddresses(First, Up: true)]),
        nameof(GroupMessage.CopyChanged) => ("", [Promote, Complete]),
        nameof(GroupMessage.HandoverPatienceOver) => ("", [Promote, HandOver, new GroupMessage.HandoverPatienceOver(7)]),
        nameof(GroupMessage.TableFlushed) => ("", [Promote, Complete, HandOver, new GroupMessage.TableFlushed(First, 42, Applied: true)]),
        _ => throw new NotSupportedException($"{message} needs a story"),
    };

    private static async Task<(string Result, int Kills)> RunAsync(GroupMessage[] story, string refused, string? killAt)
    {
        var surroundings = new Surroundings { Refused = refused };
        var kills = await TellAsync(Context(surroundings, () => new Inheritance(default, null, WasActive: false)), killAt, story);
        return (surroundings.ToString(), kills);
    }

    private static GroupContext Context(Surroundings surroundings, Func<Inheritance> inherit) => new(
        "tg1", ConfigurationLoader.Load(Repository.Path("hocon", "three-devices.conf"), "a").Model!.Cluster,
        surroundings, surroundings, surroundings, inherit, surroundings, new FakeTimeProvider(), NullLogger.Instance);

    /// <returns>How often the actor was killed.</returns>
    private static async Task<int> TellAsync(GroupContext context, string? killAt, params GroupMessage[] story)
    {
        var cell = new ActorCell<GroupMessage>("traffic-group/tg1", self => new TrafficGroupActor(self, context), NullLogger.Instance);
        foreach (var message in story)
        {
            if (killAt == message.GetType().Name) cell.KillAtNext(killAt).ShouldBeTrue();
            cell.Tell(message).ShouldBeTrue();
        }

        await cell.DisposeAsync(); // what was told is handled first
        return cell.Kills.Values.Sum();
    }

    /// <summary>Kernel, cluster and table of the group: what they were brought to, not how often.</summary>
    private sealed class Surroundings : IGroupDataPlane, ICommandSender, IActorRef<TableMessage>, IGroupObserver
    {
        private readonly SortedDictionary<string, ClusterCommand> statements = [];
        private bool open, up, gated;
        private TableRole? table;
        private GroupControl? shown;

        public required string Refused { get; set; }

        public LossReport? Loss { get; private set; }

        public override string ToString() =>
            $"open {open}, up {up}, gated {gated}, table {table}, {shown}, {string.Join("; ", statements.Select(s => $"{s.Key} = {Text(s.Value)}"))}";

        public bool TryOpenGate() => open = !Refuses("gate");

        public void CloseGate() => open = false;

        public bool RaiseAddresses() => up = !Refuses("addresses");

        public bool LowerAddresses()
        {
            up = false;
            return true;
        }

        public void Announce() => up.ShouldBe(Refused != "addresses", "only what is up is announced, or will be in a moment");

        public void GateNewConnections(bool closed) => gated = closed;

        public void Keep(string key, ClusterCommand? command)
        {
            if (command is null) statements.Remove(key);
            else statements[key] = command;
        }

        public bool Tell(TableMessage message)
        {
            if (message is TableMessage.Role role) table = role.Wanted;
            return true;
        }

        public bool TellData(TableMessage message) => Tell(message);

        public void RoleChanged(string trafficGroup, GroupControl control, LocalRole? role) => shown = control;

        public void Promoted(string trafficGroup, GroupPromotion promotion)
        {
            promotion.Epoch.ShouldBe(First);
            Loss = promotion.Loss;
        }

        /// <summary>How long it took is not of interest.</summary>
        private static string Text(ClusterCommand command) => command is ClusterCommand.Promoted promoted ? $"promoted {promoted.Epoch}" : command.ToString();

        private bool Refuses(string what)
        {
            if (Refused != what) return false;
            Refused = "";
            return true;
        }
    }
}
