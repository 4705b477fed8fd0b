using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Trust;

namespace ActorMirror.Tests.Trust;

/// <summary>Who is believed, as a table; and what an operator is told of an expiry.</summary>
public sealed class TrustRulesTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Start.AddYears(2);
    private static readonly PeerCertificate Good = new(true, "4f01", "dg1", new DeviceId(2), Start, End);
    private static readonly ImmutableSortedSet<string> Revoked = ["4f02"];

    public static TheoryData<string, PeerCertificate, DateTimeOffset, int, TrustRefusal> Shown => new()
    {
        { "good", Good, Start.AddDays(100), 2, TrustRefusal.None },
        { "good, any device", Good, Start.AddDays(100), 0, TrustRefusal.None },
        { "another authority", Good with { IsOurs = false }, Start.AddDays(100), 2, TrustRefusal.UnknownAuthority },
        { "another authority, and all else is wrong too", new(false, "4f02", "", null, Start, Start), End, 1, TrustRefusal.UnknownAuthority },
        { "revoked", Good with { Serial = "4f02" }, Start.AddDays(100), 2, TrustRefusal.Revoked },
        { "expired within the grace", Good, End + TrustRules.Grace, 2, TrustRefusal.None },
        { "expired beyond it", Good, End + TrustRules.Grace + TimeSpan.FromSeconds(1), 2, TrustRefusal.Expired },
        { "not yet, within the grace", Good, Start - TrustRules.Grace, 2, TrustRefusal.None },
        { "not yet", Good, Start - TrustRules.Grace - TimeSpan.FromSeconds(1), 2, TrustRefusal.NotYetValid },
        { "another group", Good with { Group = "dg2" }, Start.AddDays(100), 2, TrustRefusal.WrongGroup },
        { "another device", Good, Start.AddDays(100), 1, TrustRefusal.WrongDevice },
        { "no device", Good with { Device = null }, Start.AddDays(100), 0, TrustRefusal.WrongDevice },
    };

    [Theory, MemberData(nameof(Shown))]
    public void A_certificate_is_judged(string what, PeerCertificate shown, DateTimeOffset now, int expected, TrustRefusal refusal)
    {
        TrustRules.Judge(shown, "dg1", expected == 0 ? null : new DeviceId(expected), Revoked, now, out var detail).ShouldBe(refusal, what);
        (detail.Length == 0).ShouldBe(refusal == TrustRefusal.None);
        if (refusal != TrustRefusal.None) detail.ShouldContain(shown.Serial);
    }

    [Fact]
    public void An_expiry_is_announced_30_days_ahead()
    {
        TrustRules.Expiry("it", End, End.AddDays(-30)).ShouldBeNull();
        TrustRules.Expiry("it", End, End.AddDays(-29)).ShouldBe("it expires 2032-01-01");
        TrustRules.Expiry("it", End, End.AddSeconds(1)).ShouldBe("it expired 2032-01-01: channels that stand go on, new ones are refused");
    }

    [Theory]
    [InlineData("4F:01", "4f01")]
    [InlineData("", null)]
    [InlineData("4g", null)]
    [InlineData("4f014f014f014f014f014f014f014f014f014f01", "4f014f014f014f014f014f014f014f014f014f01")]
    [InlineData("4f014f014f014f014f014f014f014f014f014f014f", null)]
    public void A_serial_number_has_one_spelling(string given, string? kept) => Revocation.Normalize(given).ShouldBe(kept);

    [Fact]
    public void Revocations_are_bounded()
    {
        var most = Revocation.TryAdd(Revocation.Nothing, Enumerable.Range(0, Revocation.Most).Select(i => $"{i:x}"))!;
        most.Count.ShouldBe(Revocation.Most);
        Revocation.TryAdd(most, ["0"])!.Count.ShouldBe(Revocation.Most);
        Revocation.TryAdd(most, ["ffff"]).ShouldBeNull();
    }
}
