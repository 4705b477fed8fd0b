using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.MirrorProtocol;

/// <summary>The active's word on its connections: the latest, as often as a ping, to who understands it.</summary>
public sealed class AccountTests
{
    private static readonly StreamId s_stream = new(1, new Epoch(4, 2), 7);
    private static readonly MirrorLimits s_limits = new();
    private readonly OutgoingStream stream = new(s_stream, s_limits);

    [Fact]
    public void It_takes_the_place_of_a_ping()
    {
        Connect(MirrorFeatures.Own);
        stream.Say(Account(1));
        stream.Say(Account(2));
        stream.Next(TimeSpan.Zero, out _).ShouldBe(SenderStep.SendAccount);
        stream.TakeAccount(TimeSpan.Zero).Open.ShouldBe(2);
        stream.Wrote(TimeSpan.Zero);
        stream.Say(Account(3));
        stream.Next(s_limits.KeepAlive - TimeSpan.FromMilliseconds(1), out var until).ShouldBe(SenderStep.Wait);
        until.ShouldBe(s_limits.KeepAlive);
        stream.Next(s_limits.KeepAlive, out _).ShouldBe(SenderStep.SendAccount);
        stream.TakeAccount(s_limits.KeepAlive);
        stream.Say(Account(4), atOnce: true);
        stream.Next(s_limits.KeepAlive, out _).ShouldBe(SenderStep.SendAccount);
    }

    [Fact]
    public void A_mirror_that_does_not_know_it_gets_pings()
    {
        Connect(MirrorFeatures.Own & ~MirrorFeatures.Accounts);
        stream.Say(Account(1), atOnce: true);
        stream.Next(s_limits.KeepAlive, out _).ShouldBe(SenderStep.SendPing);
    }

    /// <summary>The mirror has everything, so nothing else is to be sent.</summary>
    private void Connect(uint features)
    {
        stream.Handle(LinkEvent.Dialled, TimeSpan.Zero);
        stream.Handle(LinkEvent.Connected, TimeSpan.Zero);
        stream.Answered(new MirrorHelloAnswer(MirrorRefusal.None, 1, new DeviceId(2), features, 100, s_stream, 0, 0, "", ""), TimeSpan.Zero);
        stream.Next(TimeSpan.Zero, out _).ShouldBe(SenderStep.RequestSnapshot);
        stream.TakeSnapshotRequest();
    }

    private static ActiveAccount Account(int open) => new(open, open, ExposureCounts.None);
}
