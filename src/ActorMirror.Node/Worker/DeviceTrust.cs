using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Trust;
using ActorMirror.Trust;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>
/// Whom this device trusts, and how it shows who it is. Read from files once and when they change; a connection never waits for a disk. Safe from
/// any thread.
/// </summary>
internal sealed class DeviceTrust
{
    private readonly DeviceGroupModel model;
    private readonly TrustFiles files;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Lock refreshing = new();
    private volatile Held held = new(null, "the trust material was not read yet");
    private volatile ImmutableSortedSet<string> revoked = Revocation.Nothing;
    private ImmutableSortedSet<string> written = Revocation.Nothing;
    private (DateTime, DateTime)? seen;

    public DeviceTrust(DeviceGroupModel model, string stateDirectory, TimeProvider time, ILogger log)
    {
        (this.model, this.time, this.log) = (model, time, log);
        files = new TrustFiles(stateDirectory);
        try
        {
            revoked = written = Revocation.TryAdd(Revocation.Nothing, files.ReadRevoked())!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogError(e, "The revoked certificates are not known before the group tells them");
        }

        Refresh();
    }

    /// <summary>Serial numbers of revoked certificates.</summary>
    public ImmutableSortedSet<string> Revoked => revoked;

    /// <summary>Why this device cannot say who it is; null: it can.</summary>
    public string? Missing => held.Reason ?? Objection(Certificates.SerialOf(held.Material!.Own));

    /// <exception cref="TrustException">There is none.</exception>
    public TrustMaterial Material => Missing is { } reason ? throw new TrustException(reason) : held.Material!;

    /// <summary>What ends soon; null: nothing.</summary>
    public string? Expiry
    {
        get
        {
            if (held.Material is not { } material) return null;
            var now = time.GetUtcNow();
            return TrustRules.Expiry("this device's certificate", new DateTimeOffset(material.Own.NotAfter), now)
                ?? TrustRules.Expiry("the authority of the device group", new DateTimeOffset(material.Authority.NotAfter), now);
        }
    }

    /// <summary>Says why a peer is not believed, for one handshake.</summary>
    /// <param name="expected">Null: any device of the group.</param>
    public PeerJudge JudgeOf(DeviceId? expected) => (in PeerCertificate shown) =>
        TrustRules.Judge(shown, model.GroupName, expected, revoked, time.GetUtcNow(), out var detail) == TrustRefusal.None ? null : detail;

    /// <summary>Why a channel must end that was made with this certificate; null: it goes on. An expiry ends none.</summary>
    public string? Objection(string serial) => revoked.Contains(serial) ? $"certificate {serial} was revoked" : null;

    /// <summary>Takes effect at once; kept by the next <see cref="Refresh"/>.</summary>
    public void Revoke(ImmutableSortedSet<string> serials) => revoked = Revocation.TryAdd(revoked, serials) ?? serials;

    /// <summary>Reads what changed, and keeps what was revoked; to be called about once a second, away from what is urgent.</summary>
    public void Refresh()
    {
        lock (refreshing)
        {
            var now = (File.GetLastWriteTimeUtc(files.AuthorityCertificate), File.GetLastWriteTimeUtc(files.Device));
            if (seen != now) held = Load();
            seen = now;
            Keep();
        }
    }

    private Held Load()
    {
        try
        {
            var material = TrustMaterial.Load(files);
            if (material.Identity.Group != model.GroupName || material.Identity.Device != model.Self.Id)
            {
                return new Held(null, $"the certificate in {files.Directory} is of {material.Identity}, this is device {model.Self.Name} (id {model.Self.Id}) of "
                    + $"group {model.GroupName}: run 'amctl trust join' for it");
            }

            log.LogInformation("Mirror channels are trusted by the authority {Fingerprint}; this device shows certificate {Serial}",
                Certificates.Fingerprint(material.Authority.PublicKey), Certificates.SerialOf(material.Own));
            return new Held(material, null);
        }
        catch (TrustException missing)
        {
            return new Held(null, missing.Message);
        }
    }

    private void Keep()
    {
        var now = revoked;
        if (now == written) return;
        try
        {
            files.WriteRevoked(now);
            written = now;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogError(e, "The revoked certificates could not be written to {File}; trying again", files.Revoked);
        }
    }

    private sealed record Held(TrustMaterial? Material, string? Reason);
}
