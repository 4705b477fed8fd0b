using System.Net.Sockets;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>A traffic group that is mirrored over several channels: each carries its share, and together they do what one would.</summary>
public sealed class SeveralChannelsTests : IAsyncDisposable
{
    private const int Channels = 3;
    private const int Clients = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BalancedNetwork _network = new();
    private readonly string _mirror = TestNetwork.Add("mirror");
    private TablePair? _pair;

    public async ValueTask DisposeAsync()
    {
        if (_pair is not null) await _pair.DisposeAsync();
        _network.Dispose();
    }

    [NamespaceFact]
    public async Task Each_channel_has_its_share_and_nothing_of_the_others_through_every_change_of_role()
    {
        using var listening = _network.Listen(BalancedNetwork.Third);
        var sockets = Enumerable.Range(0, Clients / 2).Select(_ => Open(listening)).ToList();
        await StartAsync(Channels);
        sockets.AddRange(Enumerable.Range(0, Clients / 2).Select(_ => Open(listening)));
        await UntilAsync(() => Pair.WholeActive.Mirrored is { Open: Clients, Protected: Clients });
        var shares = Shares(Pair.WholeMirror, c => c.Copies.Protected);
        shares.Sum().ShouldBe(Clients);
        shares.ShouldAllBe(share => share > 0);
        Shares(Pair.WholeActive, c => c.Mirrored.Open).ShouldBe(shares);
        Entries().ShouldBe(Clients);

        (await FlushAsync()).ShouldBe((Pair.WholeActive.Channels.Sum(c => c.Outgoing!.Queued), true));

        // What a share takes over from the kernel, and forgets when a snapshot ends, is its own.
        Pair.TellMirror(new TableMessage.Role(new TableRole.Cold(Forget: false)));
        Pair.TellMirror(new TableMessage.Role(TablePair.MirrorRole));
        await UntilAsync(() => Pair.WholeActive.Channels.All(c => c.Outgoing is { Snapshots: 2, Channel.State: MirrorChannelState.InSync }));
        await UntilAsync(() => Pair.WholeActive.Mirrored is { Open: Clients, Protected: Clients });
        Shares(Pair.WholeMirror, c => c.Copies.Protected).ShouldBe(shares);
        Entries().ShouldBe(Clients);

        sockets[0].Client.Dispose();
        sockets[0].Member.Dispose();
        await UntilAsync(() => Pair.WholeMirror.Copies.Open == Clients - 1);
        BalancedNetwork.Exchange(sockets[^1].Client, sockets[^1].Member);

        // The mirror takes over with all it has, and the old active forgets.
        Pair.WholeMirror.Inheritance.Held.ShouldBe(new OpenCounts(Clients - 1, Clients - 1));
        await UntilAsync(() => Pair.WholeMirror.Inheritance.Word?.Account is { Open: Clients - 1, Protected: Clients - 1 });
        Pair.TellMirror(new TableMessage.Role(new TableRole.Active(new(1, 2), null)));
        Pair.TellActive(new TableMessage.Role(new TableRole.Cold(Forget: true)));
        await UntilAsync(() => Pair.WholeMirror.Mirrored.Open == Clients - 1);
        await UntilAsync(() => TestNetwork.Run("conntrack -C").Trim() == "0");
    }

    [NamespaceFact]
    public async Task Ends_with_unlike_numbers_of_channels_say_so_and_mirror_nothing()
    {
        _pair = new TablePair(_network.Services, _mirror, TimeSpan.FromHours(1), channels: 3, mirrorChannels: 2);
        await UntilAsync(() => Says(Pair.Active.Channel, "it is channel 1 of 3, this device's is 1 of 2") && Says(Pair.Mirror.Channel, "it is channel 1 of 3, this device's is 1 of 2"));
        await UntilAsync(() => Says(Pair.WholeActive.Channels[1].Channel, "it is channel 2 of 3"));
        Pair.WholeActive.Worst.Channel!.State.ShouldNotBe(MirrorChannelState.InSync);
    }

    private TablePair Pair => _pair!;

    private (Socket Client, Socket Member) Open(Socket listening) => (_network.Connect(5001), _network.Accept(listening));

    private static int[] Shares(GroupConnections connections, Func<TableView, int> count) => [.. connections.Channels.Select(count)];

    private static bool Says(ChannelStatus? channel, string reason) =>
        channel is { State: MirrorChannelState.Refused, Reason: var given } && given.Contains(reason, StringComparison.Ordinal);

    private int Entries() => int.Parse(TestNetwork.Run("conntrack -C", _mirror));

    private Task<(long Sequence, bool Applied)> FlushAsync()
    {
        var done = new TaskCompletionSource<(long, bool)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Pair.TellActive(new TableMessage.Flush((sequence, applied) => done.SetResult((sequence, applied))));
        return done.Task;
    }

    private async Task StartAsync(int channels)
    {
        TestNetwork.Run("sysctl -qw net.netfilter.nf_conntrack_events=1", _mirror);
        _pair = new TablePair(_network.Services, _mirror, TimeSpan.FromHours(1), channels);
        await UntilAsync(() => Pair.WholeActive.Channels.All(c => c.Outgoing?.Channel.State == MirrorChannelState.InSync));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (; !condition(); patience.Token.ThrowIfCancellationRequested()) await Task.Yield();
    }
}
