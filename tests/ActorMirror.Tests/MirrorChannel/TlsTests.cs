using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.Trust;
using ActorMirror.MirrorChannel;
using ActorMirror.MirrorChannel.Wire;
using ActorMirror.Tests.Support;
using ActorMirror.Trust;
using Xunit.Abstractions;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>Mirror channels by real TLS over the loopback, with the daemon's own network code: who is mirrored, and who gets nothing.</summary>
public sealed class TlsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const byte TlsAlert = 21;

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly MirrorSite site = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await site.DisposeAsync();

    [Fact]
    public async Task Devices_of_one_authority_mirror_each_other()
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 2);
        site.Start();
        await InSyncAsync();
        site.Active.Sender.Status.IsAuthenticated.ShouldBeTrue();
        site.Mirror.Receiver.Status.IsAuthenticated.ShouldBeTrue();
        site.Active.Sender.Status.Path.ShouldBe(MirrorPath.Primary);
    }

    [Fact]
    public async Task Plain_text_is_possible_when_both_ends_say_so()
    {
        site.Start(plainText: true);
        await InSyncAsync();
        site.Active.Sender.Status.IsAuthenticated.ShouldBeFalse();
    }

    [Fact]
    public async Task A_device_without_a_certificate_is_refused_until_it_has_one()
    {
        site.Folder.Join("b", 2);
        site.Start();
        await RefusedAsync("amctl trust init");
        site.Folder.Join("a", 1);
        site.Trust("a").Refresh();
        await InSyncAsync();
    }

    [Fact]
    public async Task An_unknown_authority_is_refused_at_both_ends()
    {
        using var other = CertificateAuthority.Create("dg1", Now);
        site.Folder.Join("a", 1, by: other);
        site.Folder.Join("b", 2);
        site.Start();
        await RefusedAsync("is not signed by the authority");
    }

    [Fact]
    public async Task An_active_that_the_mirror_does_not_believe_hears_that_it_is_its_certificate()
    {
        site.Folder.Join("a", 1, now: Now - CertificateAuthority.DeviceLife - TimeSpan.FromDays(2));
        site.Folder.Join("b", 2);
        site.Start();
        await RefusedAsync("does not accept this device's certificate");
        site.Mirror.Receiver.Status.Channel.State.ShouldBe(MirrorChannelState.Refused);
        site.Mirror.Receiver.Status.Channel.Reason.ShouldContain("expired");
    }

    [Fact]
    public async Task A_certificate_that_expired_less_than_a_day_ago_is_still_believed()
    {
        site.Folder.Join("a", 1, now: Now - CertificateAuthority.DeviceLife - TimeSpan.FromHours(12));
        site.Folder.Join("b", 2);
        site.Trust("a").Expiry.ShouldNotBeNull().ShouldContain("expired");
        site.Start();
        await InSyncAsync();
    }

    [Fact]
    public async Task A_channel_that_stands_outlives_its_certificates_and_no_new_one_is_made()
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 2);
        site.Start();
        await InSyncAsync();
        var transitions = site.Active.Channel.Transitions;
        site.Clock.Ahead = CertificateAuthority.DeviceLife - TimeSpan.FromDays(29);
        site.Trust("a").Expiry.ShouldNotBeNull().ShouldContain("this device's certificate expires");
        site.Clock.Ahead = CertificateAuthority.DeviceLife + TimeSpan.FromDays(3);
        site.Trust("a").Expiry.ShouldNotBeNull().ShouldContain("this device's certificate expired");
        await InSyncAsync();
        site.Active.Channel.Transitions.ShouldBe(transitions);
        var refused = await Should.ThrowAsync<MirrorRefusedException>(async () =>
            await site.Network("a").ConnectAsync(new DeviceId(2), site.Port, MirrorPath.Primary, CancellationToken.None));
        refused.Message.ShouldContain("expired");
        await InSyncAsync();
    }

    [Fact]
    public async Task The_mirror_must_be_the_device_that_is_called()
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 3);
        site.Trust("b").Missing.ShouldNotBeNull().ShouldContain("is of device b (id 3)");
        var material = TrustMaterial.Load(site.Folder.Files("b"));
        using var listener = new TcpListener(IPAddress.Parse("127.30.0.2"), site.Port);
        listener.Start();
        var accepting = AcceptAsync();
        var refused = await Should.ThrowAsync<MirrorRefusedException>(async () =>
            await site.Network("a").ConnectAsync(new DeviceId(2), site.Port, MirrorPath.Primary, CancellationToken.None));
        refused.Message.ShouldContain("is of device 3, expected was 2");
        await accepting;

        async Task AcceptAsync()
        {
            using var socket = await listener.AcceptSocketAsync();
            await Should.ThrowAsync<Exception>(async () =>
            {
                var (stream, _) = await MutualTls.AcceptAsync(new NetworkStream(socket), material, (in PeerCertificate _) => null, CancellationToken.None);
                await stream.ReadExactlyAsync(new byte[1]);
            });
        }
    }

    [Fact]
    public async Task A_hello_of_another_device_than_the_certificate_is_refused()
    {
        site.Folder.Join("b", 2);
        site.Folder.Join("c", 3);
        await using var mirror = new MirrorEnd(MirrorSite.Quick, TimeProvider.System);
        await using var listening = site.Network("b").Listen(site.Port, mirror.Receiver.RunAsync, mirror.Receiver.Refused);
        await using var connection = await site.DialAsync("c");
        var frame = new byte[1024];
        var hello = new MirrorHello(1, 1, new DeviceId(1), new StreamId(1, new(4, 2), 99), "tg1", 7, 0, "", 0, ChannelShare.Whole);
        await connection.Stream.WriteAsync(frame.AsMemory(0, Frames.Hello(frame, hello)));
        using var reader = new FrameReader(connection.Stream);
        var answer = (await reader.ReadAsync(CancellationToken.None)).ShouldNotBeNull();
        Frames.TryReadHelloAnswer(answer.Body.Span, out var read).ShouldBeTrue();
        read.Refusal.ShouldBe(MirrorRefusal.NotWhoItSays);
        read.Detail.ShouldBe("it says it is device 1, its certificate is of device 3");
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public async Task A_revoked_certificate_ends_the_channel_that_stands_at_either_end(string whoKnows)
    {
        var serial = Certificates.SerialOf(site.Folder.Join("a", 1).Own);
        site.Folder.Join("b", 2);
        var own = Certificates.SerialOf(TrustMaterial.Load(site.Folder.Files("b")).Own);
        site.Start();
        await InSyncAsync();
        site.Trust(whoKnows).Revoke([whoKnows == "a" ? own : serial]);
        await site.Active.Mailbox.WhenAsync(() => site.Active.Channel.State == MirrorChannelState.Refused);
        site.Trust(whoKnows).Refresh();
        site.Folder.Files(whoKnows).ReadRevoked().ShouldBe([whoKnows == "a" ? own : serial]);
    }

    [Fact]
    public async Task A_device_whose_own_certificate_is_revoked_knows_it()
    {
        var serial = Certificates.SerialOf(site.Folder.Join("a", 1).Own);
        site.Trust("a").Revoke([serial]);
        site.Trust("a").Missing.ShouldBe($"certificate {serial} was revoked");
        await Should.ThrowAsync<MirrorRefusedException>(async () =>
            await site.Network("a").ConnectAsync(new DeviceId(2), site.Port, MirrorPath.Primary, CancellationToken.None));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("garbage")]
    [InlineData("http")]
    public async Task Who_speaks_no_tls_gets_nothing_and_disturbs_nobody(string what)
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 2);
        site.Start();
        await InSyncAsync();
        var transitions = site.Mirror.Receiver.Status.Channel.Transitions;
        using var visitor = await site.VisitAsync();
        await visitor.SendAsync(what switch
        {
            "hello" => RecordedHello(),
            "garbage" => Enumerable.Range(0, 4096).Select(i => (byte)(i * 37 + 11)).ToArray(),
            _ => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"),
        });
        var heard = await MirrorSite.ReadToEndAsync(visitor);
        heard.Length.ShouldBeLessThanOrEqualTo(7, "nothing, or the alert of TLS");
        if (heard.Length > 0) heard[0].ShouldBe(TlsAlert);
        site.Mirror.Receiver.Status.Channel.Transitions.ShouldBe(transitions);
    }

    [Fact]
    public async Task Who_is_no_device_is_closed_unread()
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 2);
        site.Start();
        await InSyncAsync();
        using var visitor = await site.VisitAsync(from: "127.30.0.77");
        (await MirrorSite.ReadToEndAsync(visitor)).ShouldBeEmpty();
        await InSyncAsync();
    }

    [Fact]
    public async Task Handshakes_that_never_end_are_bounded_for_each_address_and_keep_nobody_out()
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 2);
        site.Start();
        await InSyncAsync();
        var visitors = new List<Socket>();
        for (var i = 0; i < 20; i++) visitors.Add(await site.VisitAsync());
        // The session that stands is one of the four; all but three of the others make room for the next.
        foreach (var visitor in visitors.Take(visitors.Count - MirrorListener.MostOfOneAddress + 1)) (await MirrorSite.ReadToEndAsync(visitor)).ShouldBeEmpty();
        await InSyncAsync();
        // And those that are left end with the time limit.
        foreach (var visitor in visitors) await MirrorSite.ReadToEndAsync(visitor);
        foreach (var visitor in visitors) visitor.Dispose();
    }

    [Fact]
    public async Task A_handshake_takes_milliseconds()
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 2);
        await using var listening = site.Network("b").Listen(
            site.Port, async (connection, _) => await connection.DisposeAsync(), _ => { });
        await using (await site.DialAsync("a"))
        {
            // The first one compiles.
        }

        var times = new List<double>();
        for (var i = 0; i < 30; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await using (await site.DialAsync("a"))
            {
                times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        times.Sort();
        output.WriteLine($"TCP and TLS 1.3 with both certificates: median {times[15]:F1} ms, worst of 30 {times[^1]:F1} ms");
    }

    [Fact]
    public async Task A_session_is_never_resumed_and_always_of_the_newest_version()
    {
        site.Folder.Join("a", 1);
        site.Folder.Join("b", 2);
        site.Start();
        await InSyncAsync();
        await using var connection = await site.Network("a").ConnectAsync(new DeviceId(2), site.Port, MirrorPath.Primary, CancellationToken.None);
        var tls = connection.Stream.ShouldBeOfType<SslStream>();
        tls.SslProtocol.ShouldBe(System.Security.Authentication.SslProtocols.Tls13);
        tls.IsMutuallyAuthenticated.ShouldBeTrue();
    }

    private async Task InSyncAsync()
    {
        var number = Random.Shared.Next(1, 1 << 20);
        site.Active.Mailbox.Post(() => site.Active.Upsert(Flows.Connection(number)));
        await site.Active.Mailbox.WhenAsync(() => site.Active.IsInSync && site.Active.Sender.Status.Outstanding == 0);
    }

    private Task RefusedAsync(string reason) =>
        site.Active.Mailbox.WhenAsync(() => site.Active.Channel.State == MirrorChannelState.Refused && site.Active.Channel.Reason.Contains(reason));

    /// <summary>What somebody who listened to a plain-text channel could send again.</summary>
    private static byte[] RecordedHello()
    {
        var frame = new byte[1024];
        var hello = new MirrorHello(1, 1, new DeviceId(1), new StreamId(1, new(4, 2), 99), "tg1", 7, 0, "", 0, ChannelShare.Whole);
        return frame[..Frames.Hello(frame, hello)];
    }
}
