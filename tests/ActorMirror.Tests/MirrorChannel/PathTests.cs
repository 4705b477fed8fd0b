using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>Two paths between two devices: the channel survives the loss of either without sending its table again.</summary>
public sealed class PathTests : IAsyncLifetime
{
    private readonly MirrorSite site = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await site.DisposeAsync();

    [Fact]
    public async Task The_secondary_path_takes_over_and_the_primary_comes_back()
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 2);
        site.Start();
        await ProtectedAsync(100);
        site.Active.Sender.Status.Path.ShouldBe(MirrorPath.Primary);

        site.Cut(MirrorPath.Primary);
        await ProtectedAsync(200);
        site.Active.Sender.Status.Path.ShouldBe(MirrorPath.Secondary);
        site.Mirror.Receiver.Status.Path.ShouldBe(MirrorPath.Secondary);

        site.Heal(MirrorPath.Primary);
        await site.Active.Mailbox.WhenAsync(() => site.Active.Sender.Status.Path == MirrorPath.Primary && site.Active.IsInSync);
        await ProtectedAsync(300);
        site.Active.Sender.Status.Snapshots.ShouldBe(1, "nothing that was acknowledged was sent again");
    }

    [Fact]
    public async Task A_primary_path_that_is_cut_from_the_beginning_is_not_waited_for()
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 2);
        site.CutsSwallow = true;
        site.Cut(MirrorPath.Primary);
        site.Start(limits: MirrorSite.Quick with { HeadStart = TimeSpan.FromMilliseconds(10) });
        await ProtectedAsync(10);
        site.Active.Sender.Status.Path.ShouldBe(MirrorPath.Secondary);
        site.Cut(MirrorPath.Secondary);
        await site.Active.Mailbox.WhenAsync(() => site.Active.Channel.State == MirrorChannelState.Disconnected);
        site.Heal(MirrorPath.Primary);
        await ProtectedAsync(20);
        site.Active.Sender.Status.Path.ShouldBe(MirrorPath.Primary);
    }

    /// <summary>Adds connections up to a number and waits until the mirror has them.</summary>
    private async Task ProtectedAsync(int number)
    {
        site.Active.Mailbox.Post(() =>
        {
            for (var i = 0; i < number; i++) site.Active.Upsert(Flows.Connection(i));
        });
        await site.Active.Mailbox.WhenAsync(() => site.Active.IsInSync && site.Active.Table.Counts.Protected == number);
    }
}
