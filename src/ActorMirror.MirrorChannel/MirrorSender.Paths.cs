using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <content>
/// Two paths: the secondary takes over when the primary breaks, and while it carries the channel the primary is tried beside it; the channel goes
/// back over a connection that stands already.
/// </content>
public sealed partial class MirrorSender
{
    private MirrorConnection? primary;

    /// <summary>Ends when it is time to go back; the connection to go back over is kept.</summary>
    private async Task ReturnAsync(CancellationToken cancellation)
    {
        using var probes = new PeriodicTimer(options.Limits.ProbePrimary, time);
        while (await probes.WaitForNextTickAsync(cancellation))
        {
            var connection = await TryPrimaryAsync(cancellation);
            bool isDue;
            lock (gate) isDue = returning.Probed(connection is not null, Now);
            if (connection is null) continue;
            if (isDue)
            {
                primary = connection;
                return;
            }

            await connection.DisposeAsync();
        }
    }

    private async Task<MirrorConnection?> TryPrimaryAsync(CancellationToken cancellation)
    {
        try
        {
            return await dialler.DialAsync(MirrorPath.Primary, cancellation);
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            return null; // whatever it is: the channel stands, and the next probe is near
        }
    }

    private MirrorConnection? TakePrimary()
    {
        var taken = primary;
        primary = null;
        if (taken is null) return null;
        lock (gate) returning.Returned(Now);
        return taken;
    }

    /// <summary>With TLS 1.3 this end is done before the mirror has looked at its certificate: a refusal is a connection that ends instead of an answer.</summary>
    private static Exception Unanswered(MirrorConnection connection) => connection.Device is null
        ? new MirrorProtocolException("the mirror closed the connection instead of answering the hello")
        : new MirrorRefusedException("the mirror closed the connection instead of answering the hello: its log says whether it does not accept this device's certificate");
}
