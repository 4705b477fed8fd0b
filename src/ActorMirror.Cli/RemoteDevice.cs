using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMirror.Trust;

namespace ActorMirror.Cli;

/// <summary>
/// A device over the network. Its certificate must lead to an authority the system trusts and name the host; with an authority of the operator's, also
/// one of the device group's own (<c>amctl trust</c>), whose certificates name devices and no hosts.
/// </summary>
internal static class RemoteDevice
{
    /// <param name="tokenFile">The token and nothing else; null: only what is shown without one.</param>
    /// <param name="authorityFile">In PEM; null: those the system trusts.</param>
    /// <exception cref="DeviceUnreachableException">The URL or a file cannot be used, or the token is to travel in plain text.</exception>
    public static DeviceClient Connect(string url, string? tokenFile, string? authorityFile, TextWriter error)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var device) || device.Scheme is not ("https" or "http") || device.AbsolutePath != "/" || device.UserInfo.Length > 0)
            throw new DeviceUnreachableException($"'{url}' is no URL of a device: give https://ADDRESS:8558");
        var token = tokenFile is null ? null : Token(tokenFile, device, error);
        string? objection = null;
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false, AllowAutoRedirect = false };
        if (authorityFile is not null)
        {
            var authority = Authority(authorityFile);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, errors) => (objection = Judge(shown as X509Certificate2, authority, errors, authorityFile)) is null;
        }

        var client = new DeviceClient(new Bearer(handler, token), device, url, e => objection ?? Why(e, authorityFile));
        return client;
    }

    private static string Token(string file, Uri device, TextWriter error)
    {
        if (device.Scheme != "https") throw new DeviceUnreachableException("a token is sent over https only: whoever reads along could use it");
        try
        {
            var others = File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            if (others != UnixFileMode.None) error.WriteLine($"{file}: others than its owner may read this token (chmod 600 {file})");
            return File.ReadAllText(file).Trim() is { Length: > 0 and < 1024 } token && token.All(c => c is > ' ' and <= '~')
                ? token
                : throw new DeviceUnreachableException($"{file} holds no token");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeviceUnreachableException(e.Message, e);
        }
    }

    private static X509Certificate2 Authority(string file)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new DeviceUnreachableException($"{file} is no certificate of an authority: {e.Message}", e);
        }
    }

    /// <summary>Null: it is believed.</summary>
    private static string? Judge(X509Certificate2? shown, X509Certificate2 authority, SslPolicyErrors errors, string authorityFile)
    {
        if (shown is null) return "it showed no certificate";
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true, CustomTrustStore = { authority } },
        };
        if (!chain.Build(shown)) return $"its certificate ({shown.Subject}) is not of the authority in {authorityFile}, or has ended";

        // A device's certificate names its group and itself; what another use of the same authority made names neither.
        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) || DeviceIdentity.Of(shown.SubjectName) is not null
            ? null
            : $"its certificate ({shown.Subject}) names neither this host nor a device";
    }

    private static string Why(Exception e, string? authorityFile) => e.InnerException is AuthenticationException tls && authorityFile is null
        ? $"{tls.Message} (of a device with a certificate of 'amctl trust' name the group's authority: --ca FILE, its ca.crt)"
        : e.InnerException?.Message ?? e.Message;

    /// <summary>Shows the token, and never to another host.</summary>
    private sealed class Bearer(HttpMessageHandler inner, string? token) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
