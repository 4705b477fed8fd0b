using ActorMirror.Domain.Devices;
using ActorMirror.Trust;

namespace ActorMirror.Tests.Trust;

/// <summary>How a device comes to its certificate, and what is refused on the way.</summary>
public sealed class JoiningTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2030, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TrustFolder folder = new(founded: Now);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_device_that_joined_shows_a_certificate_of_its_own_and_its_secrets_are_for_their_owner()
    {
        folder.Authority.Save(folder.Files("a"));
        folder.Join("a", 1, Now);
        var joined = folder.Join("b", 2, Now);
        joined.Identity.ShouldBe(new DeviceIdentity("dg1", new DeviceId(2), "b"));
        var loaded = TrustMaterial.Load(folder.Files("b"));
        Certificates.SerialOf(loaded.Own).ShouldBe(Certificates.SerialOf(joined.Own));
        loaded.Own.HasPrivateKey.ShouldBeTrue();

        var read = Certificates.Read(loaded.Own, folder.Authority.Certificate);
        read.IsOurs.ShouldBeTrue();
        (read.Group, read.Device).ShouldBe(("dg1", new DeviceId(2)));
        (read.NotBefore, read.NotAfter).ShouldBe((Now.AddDays(-1), Now + CertificateAuthority.DeviceLife));
        Certificates.Read(folder.Authority.Certificate, folder.Authority.Certificate).IsOurs.ShouldBeFalse("the authority is no device");

        var files = folder.Files("a");
        foreach (var secret in new[] { files.AuthorityKey, files.Device }) File.GetUnixFileMode(secret).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Exists(files.RequestKey).ShouldBeFalse("it was answered");
        Should.Throw<TrustException>(() => folder.Authority.Save(files)).Message.ShouldContain("has an authority already");
    }

    [Fact]
    public void A_certificate_of_another_authority_is_not_ours()
    {
        using var other = CertificateAuthority.Create("dg1", Now);
        var foreign = folder.Join("b", 2, Now, other);
        Certificates.Read(foreign.Own, folder.Authority.Certificate).IsOurs.ShouldBeFalse("the names are the same, the key is not");
        Should.Throw<TrustException>(() => folder.Join("b", 2, Now)).Message.ShouldContain("another authority");
    }

    [Fact]
    public void A_renewed_certificate_replaces_the_old_one()
    {
        var first = folder.Join("b", 2, Now);
        var second = folder.Join("b", 2, Now.AddDays(700));
        Certificates.SerialOf(TrustMaterial.Load(folder.Files("b")).Own).ShouldBe(Certificates.SerialOf(second.Own));
        Certificates.SerialOf(first.Own).ShouldNotBe(Certificates.SerialOf(second.Own));
    }

    [Fact]
    public void A_certificate_does_not_outlive_its_authority()
    {
        var joined = folder.Join("b", 2, Now + CertificateAuthority.AuthorityLife - TimeSpan.FromDays(10));
        joined.Own.NotAfter.ShouldBe(folder.Authority.Certificate.NotAfter);
    }

    [Fact]
    public void What_is_missing_or_does_not_fit_is_said_with_what_to_do()
    {
        Message(() => TrustMaterial.Load(folder.Files("b"))).ShouldContain("amctl trust init");
        Message(() => CertificateAuthority.Load(folder.Files("b"))).ShouldContain("where 'amctl trust init' ran");
        Message(() => Joining.Install(folder.Files("b"), "")).ShouldContain("amctl trust join request");
        Message(() => JoinRequest.Read("nonsense")).ShouldContain("no request");

        var (request, _) = Joining.Request(folder.Files("b"), new DeviceIdentity("dg2", new DeviceId(2), "b"));
        Message(() => folder.Authority.Sign(JoinRequest.Read(request), Now)).ShouldContain("of group dg1");
        Message(() => Joining.Install(folder.Files("b"), folder.Authority.Certificate.ExportCertificatePem())).ShouldContain("this has 1");

        var (mine, _) = Joining.Request(folder.Files("b"), new DeviceIdentity("dg1", new DeviceId(2), "b"));
        using var answered = folder.Authority.Sign(JoinRequest.Read(mine), Now);
        Joining.Request(folder.Files("b"), new DeviceIdentity("dg1", new DeviceId(2), "b"));
        Message(() => Joining.Install(folder.Files("b"), answered.ExportCertificatePem() + "\n" + folder.Authority.Certificate.ExportCertificatePem()))
            .ShouldContain("another request");

        folder.Join("c", 3, Now);
        File.WriteAllText(folder.Files("c").Device, "broken");
        Message(() => TrustMaterial.Load(folder.Files("c"))).ShouldContain("cannot be used");
    }

    private static string Message(Action action) => Should.Throw<TrustException>(action).Message;
}
