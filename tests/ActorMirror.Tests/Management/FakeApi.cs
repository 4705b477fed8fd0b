using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Management;

/// <summary>Keeps the audit in memory.</summary>
internal sealed class ListAudit : IAuditLog
{
    private ImmutableList<AuditReport> _all = [];

    public ImmutableList<AuditReport> All => _all;

    public void Record(AuditReport change) => ImmutableInterlocked.Update(ref _all, all => all.Add(change));

    public Task<ImmutableArray<AuditReport>> ReadAsync(int limit, CancellationToken cancellation) => Task.FromResult<ImmutableArray<AuditReport>>([.. All.Reverse().Take(limit)]);
}

/// <summary>A scripted device behind the API, on a free port of the loopback address.</summary>
internal sealed class FakeApi : IAsyncDisposable
{
    // Far above what a busy machine needs.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("am-api-").FullName;
    private readonly X509Certificate2? _certificate;
    private ApiServer? _server;

    private FakeApi(bool tls, IDeviceControl? control, TimeProvider time)
    {
        _certificate = tls ? NewCertificate() : null;
        Tokens = new TokenStore(Path.Combine(_folder, "a.tokens"), time);
        Device = new DeviceApi(View, control ?? View, Tokens, Audit, time);
    }

    public FakeDevice View { get; } = new();

    public ListAudit Audit { get; } = new();

    public TokenStore Tokens { get; }

    public DeviceApi Device { get; }

    /// <summary>PEM of the certificate, for a client that trusts it.</summary>
    public string CertificateFile => Path.Combine(_folder, "api.crt");

    public string Folder => _folder;

    public Uri Address { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public static async Task<FakeApi> StartAsync(bool tls, bool readWithoutToken = true, IDeviceControl? control = null, TimeProvider? time = null)
    {
        var api = new FakeApi(tls, control, time ?? TimeProvider.System);
        var context = api._certificate is null ? null : SslStreamCertificateContext.Create(api._certificate, null, offline: true);
        if (api._certificate is not null) await File.WriteAllTextAsync(api.CertificateFile, api._certificate.ExportCertificatePem());
        api._server = await ApiServer.StartAsync(
            new ApiServerOptions(IPAddress.Loopback, 0, readWithoutToken, ["lb.example"], context is null ? null : () => context), api.Device, NullLoggerFactory.Instance);
        api.Address = new Uri(api._server.Addresses.Single());
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == api._certificate?.GetCertHashString();
        api.Client = new HttpClient(handler) { BaseAddress = api.Address, Timeout = Patience };
        return api;
    }

    public string NewToken(ApiRole role, string name = "someone", int? days = null) => Tokens.Create(new TokenRequest(name, role, days)).Token;

    /// <summary>A request with one header, as a script would send it.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token = null, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    /// <summary>A connection on which a test writes what no client library would.</summary>
    public async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
        await Device.DisposeAsync();
        _certificate?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=lb.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
    }
}
