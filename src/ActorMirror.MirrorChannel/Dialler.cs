using System.Net.Sockets;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>Opens a connection to the mirror over the better of the paths there are.</summary>
internal sealed class Dialler(Func<MirrorPath, CancellationToken, ValueTask<MirrorConnection>> dial, MirrorSenderOptions options, TimeProvider time)
{
    /// <summary>The primary path; the secondary when that leads nowhere, or does not stand soon: whichever stands first.</summary>
    /// <exception cref="Exception">No path leads there; it is what the primary path said.</exception>
    public async ValueTask<MirrorConnection> DialAsync(CancellationToken cancellation)
    {
        if (!options.HasSecondary) return await DialAsync(MirrorPath.Primary, cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var primary = DialAsync(MirrorPath.Primary, over.Token).AsTask();
        await ((Task)primary).WaitAsync(options.Limits.HeadStart, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (primary.IsCompletedSuccessfully || IsAnswer(primary.Exception?.InnerException)) return await primary;
        var secondary = DialAsync(MirrorPath.Secondary, over.Token).AsTask();
        var first = await Task.WhenAny(primary, secondary);
        var second = first == primary ? secondary : primary;
        if (first.IsCompletedSuccessfully)
        {
            await over.CancelAsync();
            await GiveUpAsync(second);
            return await first;
        }

        await ((Task)second).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await (second.IsCompletedSuccessfully ? second : primary);
    }

    /// <exception cref="TimeoutException">The path did not stand in time.</exception>
    public async ValueTask<MirrorConnection> DialAsync(MirrorPath path, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await dial(path, either.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"{options.PeerEndpoint} did not answer within {options.ConnectTimeout.TotalSeconds:0.###} s", e);
        }
    }

    /// <summary>The path leads to the mirror, which does not want this now (after a failover it may listen some ms later): no other path helps.</summary>
    private static bool IsAnswer(Exception? failure) => failure is MirrorRefusedException or SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private static async Task GiveUpAsync(Task<MirrorConnection> attempt)
    {
        await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (attempt.IsCompletedSuccessfully) await (await attempt).DisposeAsync();
    }
}
