using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorMirror.Domain.Trust;

namespace ActorMirror.Trust;

/// <summary>Says why a certificate is not believed; null: it is.</summary>
public delegate string? PeerJudge(in PeerCertificate shown);

/// <summary>
/// TLS 1.3 on which both ends show a certificate of the group's authority. No session is ever resumed: a revoked certificate would not be seen again.
/// </summary>
public static class MutualTls
{
    /// <exception cref="TrustException">The peer is not believed, or speaks no TLS.</exception>
    public static async ValueTask<(SslStream Stream, PeerCertificate Peer)> ConnectAsync(
        Stream connection, TrustMaterial own, PeerJudge judge, CancellationToken cancellation)
    {
        var heard = new Judgement(own.Authority, judge);
        var tls = new SslStream(connection, leaveInnerStreamOpen: false);
        return await FinishAsync(tls, heard, tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                // No name is looked at: the certificate says which device it is.
                TargetHost = "",
                ClientCertificateContext = own.Context,
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
                CertificateChainPolicy = Certificates.PolicyOf(own.Authority),
                RemoteCertificateValidationCallback = heard.Hear,
            },
            cancellation));
    }

    /// <exception cref="TrustException">The peer is not believed, or speaks no TLS.</exception>
    public static async ValueTask<(SslStream Stream, PeerCertificate Peer)> AcceptAsync(
        Stream connection, TrustMaterial own, PeerJudge judge, CancellationToken cancellation)
    {
        var heard = new Judgement(own.Authority, judge);
        var tls = new SslStream(connection, leaveInnerStreamOpen: false);
        return await FinishAsync(tls, heard, tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = own.Context,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
                CertificateChainPolicy = Certificates.PolicyOf(own.Authority),
                RemoteCertificateValidationCallback = heard.Hear,
            },
            cancellation));
    }

    private static async ValueTask<(SslStream Stream, PeerCertificate Peer)> FinishAsync(SslStream tls, Judgement heard, Task handshake)
    {
        try
        {
            await handshake;
            return (tls, heard.Peer);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await tls.DisposeAsync();
            throw new TrustException(heard.Objection ?? $"no TLS with a certificate of this group: {e.Message}", e);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>What one handshake showed of the peer, and what was said to it.</summary>
    private sealed class Judgement(X509Certificate2 authority, PeerJudge judge)
    {
        public PeerCertificate Peer { get; private set; }

        public string? Objection { get; private set; }

        public bool Hear(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is not X509Certificate2 shown)
            {
                Objection = "it showed no certificate";
                return false;
            }

            Peer = Certificates.Read(shown, authority);
            Objection = judge(Peer);
            return Objection is null;
        }
    }
}
