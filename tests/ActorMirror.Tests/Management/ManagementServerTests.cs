using System.Collections.Immutable;
using System.Net.Sockets;
using ActorMirror.Kernel.Processes;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Management;

public sealed class ManagementServerTests : IDisposable
{
    // Far below the half a minute that a web server waits by itself, far above what a busy machine needs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("am-api-").FullName;

    private string Socket => Path.Combine(_folder, "a.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_handover_that_does_not_end_is_cancelled_by_the_stop()
    {
        var control = new PatientControl();
        var server = await ManagementServer.StartAsync(Socket, Device(control), NullLoggerFactory.Instance);
        using var idle = await ConnectAsync();
        using var busy = await ConnectAsync();
        await busy.SendAsync("POST /api/v1/traffic-groups/tg1/force-standby HTTP/1.1\r\nHost: device\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        await control.Asked.Task.WaitAsync(Patience);

        await server.DisposeAsync().AsTask().WaitAsync(Patience);

        await control.Cancelled.Task.WaitAsync(Patience);
        (await idle.ReceiveAsync(new byte[1])).ShouldBe(0);
    }

    /// <summary>A web server that looks for settings files watches its whole working directory: at "/" that took 15 s and 20,000 watches.</summary>
    [Fact]
    public async Task It_watches_no_files()
    {
        await using var server = await ManagementServer.StartAsync(Socket, Device(new PatientControl()), NullLoggerFactory.Instance);
        Watches().ShouldBeFalse();
        using var watcher = new FileSystemWatcher(_folder) { EnableRaisingEvents = true };
        Watches().ShouldBeTrue("so that this test would see it");

        static bool Watches() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Any(f => f.LinkTarget == "anon_inode:inotify");
    }

    [Fact]
    public async Task Who_changes_something_over_the_socket_is_written_down()
    {
        var (audit, view) = (new ListAudit(), new FakeDevice());
        await using var device = new DeviceApi(view, view, new TokenStore(Path.Combine(_folder, "a.tokens"), TimeProvider.System), audit, TimeProvider.System);
        await using var server = await ManagementServer.StartAsync(Socket, device, NullLoggerFactory.Instance, PeerCredentials.UserOf);
        using var connection = await ConnectAsync();
        await connection.SendAsync("POST /api/v1/traffic-groups/tg1/force-standby HTTP/1.1\r\nHost: device\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        await connection.ReceiveAsync(new byte[1]).WaitAsync(Patience);
        audit.All.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            a => a.Actor.ShouldMatch("^uid [0-9]+$"), a => a.From.ShouldBe("socket"), a => a.Status.ShouldBe(200), a => a.Object.ShouldBe("tg1"));
    }

    private DeviceApi Device(IDeviceControl control) =>
        new(new FakeDevice(), control, new TokenStore(Path.Combine(_folder, "a.tokens"), TimeProvider.System), new ListAudit(), TimeProvider.System);

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
        return socket;
    }

    /// <summary>Moves nothing until it is told to give up.</summary>
    private sealed class PatientControl : IDeviceControl
    {
        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource Cancelled { get; } = new();

        public async Task<CommandReport> ForceStandbyAsync(string trafficGroup, string? to, CancellationToken cancellation)
        {
            cancellation.Register(Cancelled.SetResult);
            Asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return new CommandReport("never");
        }

        public Task<CommandReport> SetOfflineAsync(string name, bool offline, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<CommandReport> RevokeAsync(string serial, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<CommandReport> ResyncAsync(string trafficGroup, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<CommandReport> DeletePersistenceAsync(PersistenceQuery query, CancellationToken cancellation) => throw new NotSupportedException();

        public ImmutableArray<ActorReport> Actors() => [];

        public Task<CommandReport> KillActorAsync(KillActorRequest request, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
