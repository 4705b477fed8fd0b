using System.Net;
using System.Net.Sockets;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>Mirror channels from mirror self IP to mirror self IP, in the host's namespace, where those addresses live.</summary>
internal sealed class MirrorNetwork(DeviceGroupModel groupModel, TimeProvider clock, ILogger logger) : IMirrorNetwork
{
    // The mirror address may come up after the daemon: look again this often.
    private static readonly TimeSpan ListenRetry = TimeSpan.FromSeconds(1);

    private readonly DeviceGroupModel model = groupModel;
    private readonly TimeProvider time = clock;
    private readonly ILogger log = logger;

    public DeviceId Self => model.Self.Id;

    public string Describe(DeviceId peer, int port) => new Endpoint(model.Device(peer).Mirror, (ushort)port).ToString();

    public async ValueTask<Stream> ConnectAsync(DeviceId peer, int port, CancellationToken cancellation)
    {
        var socket = New(model.Self);
        try
        {
            socket.Bind(new IPEndPoint(model.Self.Mirror.ToIPAddress(), 0));
            await socket.ConnectAsync(new IPEndPoint(model.Device(peer).Mirror.ToIPAddress(), port), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public IAsyncDisposable Listen(int port, Func<Stream, CancellationToken, Task> serve) => new Listener(this, port, serve);

    private static Socket New(Device device) =>
        new(device.Mirror.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private sealed class Listener : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task run;
        private readonly List<Task> sessions = [];

        public Listener(MirrorNetwork network, int port, Func<Stream, CancellationToken, Task> serve) => run = Task.Run(() => RunAsync(network, port, serve));

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await run;
            await Task.WhenAll(sessions);
            stop.Dispose();
        }

        private async Task RunAsync(MirrorNetwork network, int port, Func<Stream, CancellationToken, Task> serve)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var socket = New(network.model.Self);
                    socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                    socket.Bind(new IPEndPoint(network.model.Self.Mirror.ToIPAddress(), port));
                    socket.Listen(4); // one active, and its next try
                    while (true)
                    {
                        var connection = await socket.AcceptAsync(stop.Token);
                        connection.NoDelay = true;
                        sessions.RemoveAll(s => s.IsCompleted);
                        sessions.Add(serve(new NetworkStream(connection, ownsSocket: true), stop.Token));
                    }
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                catch (SocketException failure)
                {
                    network.log.LogWarning("Cannot listen for the mirror channel on {Address}:{Port}: {Reason}", network.model.Self.Mirror, port, failure.Message);
                    await Task.Delay(ListenRetry, network.time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }
}
