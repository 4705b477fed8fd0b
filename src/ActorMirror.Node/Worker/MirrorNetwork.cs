using System.Net;
using System.Net.Sockets;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;
using ActorMirror.Trust;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>
/// Mirror channels from mirror self IP to mirror self IP, in the host's namespace, where those addresses live: by mutual TLS, unless the configuration
/// says plain text.
/// </summary>
internal sealed class MirrorNetwork(DeviceGroupModel model, DeviceTrust trust, TimeProvider time, ILogger log) : IMirrorNetwork
{
    public DeviceId Self => model.Self.Id;

    public bool HasSecondary => model.Self.MirrorSecondary is not null;

    public string Describe(DeviceId peer, int port) => new Endpoint(model.Device(peer).Mirror, (ushort)port).ToString();

    public async ValueTask<MirrorConnection> ConnectAsync(DeviceId peer, int port, MirrorPath path, CancellationToken cancellation)
    {
        if (!model.Mirroring.PlainText && trust.Missing is { } missing) throw new MirrorRefusedException(missing);
        var own = AddressOf(model.Self, path);
        var socket = new Socket(own.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(own, 0));
            await socket.ConnectAsync(new IPEndPoint(AddressOf(model.Device(peer), path), port), cancellation);
            return await SecureAsync(socket, path, peer, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public IAsyncDisposable Listen(int port, Func<MirrorConnection, CancellationToken, Task> serve, Action<string> refused) =>
        new Listeners([.. Paths().Select(path => new MirrorListener(
            new IPEndPoint(AddressOf(model.Self, path), port),
            new MirrorReception(
                address => model.Devices.Any(d => d.Id != Self && AddressOf(d, path).Equals(address)),
                (socket, cancellation) => SecureAsync(socket, path, null, cancellation),
                serve,
                refused),
            time, log))]);

    private MirrorPath[] Paths() => HasSecondary ? [MirrorPath.Primary, MirrorPath.Secondary] : [MirrorPath.Primary];

    private static IPAddress AddressOf(Device device, MirrorPath path) =>
        (path == MirrorPath.Primary ? device.Mirror : device.MirrorSecondary ?? device.Mirror).ToIPAddress();

    /// <param name="peer">Who is called; null: this end was called.</param>
    private async ValueTask<MirrorConnection> SecureAsync(Socket socket, MirrorPath path, DeviceId? peer, CancellationToken cancellation)
    {
        var connection = new NetworkStream(socket, ownsSocket: false);
        if (model.Mirroring.PlainText) return new MirrorConnection(connection, path, null) { Transport = socket };
        try
        {
            var (tls, shown) = peer is null
                ? await MutualTls.AcceptAsync(connection, trust.Material, trust.JudgeOf(null), cancellation)
                : await MutualTls.ConnectAsync(connection, trust.Material, trust.JudgeOf(peer), cancellation);
            return new MirrorConnection(tls, path, shown.Device) { Transport = socket, Objection = () => trust.Objection(shown.Serial) };
        }
        catch (TrustException refused)
        {
            throw new MirrorRefusedException(refused.Message, refused);
        }
    }

    private sealed class Listeners(IReadOnlyList<MirrorListener> listeners) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var listener in listeners) await listener.DisposeAsync();
        }
    }
}
