using System.Collections.Immutable;
using System.Net.Sockets;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;
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
        var server = await ManagementServer.StartAsync(Socket, new FakeDevice(), control, NullLoggerFactory.Instance);
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
        await using var server = await ManagementServer.StartAsync(Socket, new FakeDevice(), new PatientControl(), NullLoggerFactory.Instance);
        Watches().ShouldBeFalse();
        using var watcher = new FileSystemWatcher(_folder) { EnableRaisingEvents = true };
        Watches().ShouldBeTrue("so that this test would see it");

        static bool Watches() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Any(f => f.LinkTarget == "anon_inode:inotify");
    }

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
