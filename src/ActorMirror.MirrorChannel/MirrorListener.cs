using System.Net;
using System.Net.Sockets;
using ActorMirror.Domain.MirrorProtocol;
using Microsoft.Extensions.Logging;

namespace ActorMirror.MirrorChannel;

/// <summary>What a listener does with who connects.</summary>
/// <param name="IsPeer">Whether the address is a device's; others are closed unread.</param>
/// <param name="Admit">Finds out who it is; throws <see cref="MirrorRefusedException"/>.</param>
/// <param name="Serve">Takes a connection over, and closes it.</param>
/// <param name="Refused">Hears why a device was sent away.</param>
public sealed record MirrorReception(
    Func<IPAddress, bool> IsPeer,
    Func<Socket, CancellationToken, ValueTask<MirrorConnection>> Admit,
    Func<MirrorConnection, CancellationToken, Task> Serve,
    Action<string> Refused);

/// <summary>
/// Listens on one mirror self IP. Whoever is not admitted gets no byte of ours but what TLS says; how many may try at once is bounded for each
/// address, so that one that tries without end keeps no other out.
/// </summary>
public sealed class MirrorListener : IAsyncDisposable
{
    /// <summary>Of one address: one active, its next try, a probe of the path, and one more.</summary>
    public const int MostOfOneAddress = 4;

    /// <summary>A handshake takes a few ms; a starved machine may need a second.</summary>
    public static readonly TimeSpan AdmissionLimit = TimeSpan.FromSeconds(3);

    // The mirror address may come up after the daemon: look again this often.
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private readonly IPEndPoint endpoint;
    private readonly MirrorReception reception;
    private readonly RareLog log;
    private readonly TimeProvider time;
    private readonly List<Visit> visits = [];
    private readonly Task run;

    public MirrorListener(IPEndPoint endpoint, MirrorReception reception, TimeProvider time, ILogger log)
    {
        (this.endpoint, this.reception, this.time) = (endpoint, reception, time);
        this.log = new RareLog(log, time);
        run = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await run;
        await Task.WhenAll(visits.Select(v => v.Ended));
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(endpoint);
                socket.Listen(MostOfOneAddress);
                while (true) Welcome(await socket.AcceptAsync(stop.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException failure)
            {
                var reason = $"cannot listen on {endpoint}: {failure.Message}"
                    + (failure.SocketErrorCode == SocketError.AddressNotAvailable ? " (give this host the address, or correct it in the configuration)" : "");
                log.Warn(reason);
                reception.Refused(reason);
                await Task.Delay(Retry, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Welcome(Socket socket)
    {
        visits.RemoveAll(v => v.Ended.IsCompleted);
        if (socket.RemoteEndPoint is not IPEndPoint { Address: var address } || !reception.IsPeer(address))
        {
            log.Warn($"{socket.RemoteEndPoint} is no device's mirror address: it was closed");
            socket.Dispose();
            return;
        }

        var others = visits.Where(v => v.Address.Equals(address) && !v.IsGivenUp).ToList();
        if (others.Count >= MostOfOneAddress)
        {
            // The newest is most likely to be the one that is meant: a device that returned knows nothing of its old tries.
            if (others.Find(v => !v.IsAdmitted) is not { } oldest)
            {
                log.Warn($"{address} has {others.Count} connections: another one was closed");
                socket.Dispose();
                return;
            }

            oldest.GiveUp();
        }

        socket.NoDelay = true;
        var visit = new Visit(address, stop.Token);
        visit.Ended = HostAsync(socket, visit);
        visits.Add(visit);
    }

    private async Task HostAsync(Socket socket, Visit visit)
    {
        try
        {
            var connection = await AdmitAsync(socket, visit);
            visit.IsAdmitted = true;
            await reception.Serve(connection, stop.Token);
        }
        catch (MirrorRefusedException refused)
        {
            log.Warn($"{visit.Address} was refused: {refused.Message}");
            reception.Refused(refused.Message);
            await LetGoAsync(socket, visit);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            log.Warn($"{visit.Address} did not say who it is: {(e is OperationCanceledException ? $"no handshake within {AdmissionLimit.TotalSeconds:0} s" : e.Message)}");
        }
        finally
        {
            socket.Dispose();
            visit.Dispose();
        }
    }

    private async ValueTask<MirrorConnection> AdmitAsync(Socket socket, Visit visit)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the next caller is not to wait for this one's handshake
        await using var limit = time.CreateTimer(_ => visit.GiveUp(), null, AdmissionLimit, Timeout.InfiniteTimeSpan);
        return await reception.Admit(socket, visit.Token);
    }

    /// <summary>Closed with something unread, TCP would reset the connection, and the peer never read why it was refused.</summary>
    private async Task LetGoAsync(Socket socket, Visit visit)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            await using var limit = time.CreateTimer(_ => visit.GiveUp(), null, Retry, Timeout.InfiniteTimeSpan);
            var unread = new byte[1024];
            while (await socket.ReceiveAsync(unread, visit.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It has gone.
        }
    }

    /// <summary>One connection from its arrival to its end.</summary>
    private sealed class Visit(IPAddress address, CancellationToken stop) : IDisposable
    {
        private readonly CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop);

        public IPAddress Address => address;

        public Task Ended { get; set; } = Task.CompletedTask;

        public volatile bool IsAdmitted;

        public CancellationToken Token => patience.Token;

        public volatile bool IsGivenUp;

        public void GiveUp()
        {
            IsGivenUp = true;
            try
            {
                patience.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself.
            }
        }

        public void Dispose() => patience.Dispose();
    }
}
