using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.TrafficGroups;

public sealed class LossReportTests
{
    private static readonly TimeSpan s_age = TimeSpan.FromMilliseconds(120);

    [Theory]
    [InlineData(90, 10, "everything arrived that was on its way")]
    [InlineData(88, 12, "what the mirror did not have is lost")]
    [InlineData(60, 12, "what closed since the last word is not lost: never more than was exposed")]
    [InlineData(91, 9, "a refused one arrived after all")]
    [InlineData(99, 8, "new ones arrived too; what is not mirrored never does")]
    public void What_arrived_after_the_last_word_is_taken_off(int resumed, int lost, string why)
    {
        // 100 open: 88 protected, 8 not mirrored, 2 refused, 2 on their way
        var exposed = ExposureCounts.None.With(Exposure.MirroringOff, 8).With(Exposure.TupleTaken, 2).With(Exposure.NotAcknowledged, 2);
        var word = new LastWord(new ActiveAccount(100, 88, exposed), TimeSpan.FromMilliseconds(3), 0);
        var report = LossReport.Of(new Inheritance(new OpenCounts(resumed + 2, resumed), word, WasActive: false), s_age);
        report.Owned.ShouldBe(100);
        report.WordAge.ShouldBe(s_age);
        report.ExposedFor.ShouldBe(TimeSpan.FromMilliseconds(3));
        report.Lost.Total.ShouldBe(lost, why);
        report.Lost[Exposure.MirroringOff].ShouldBe(8);
    }

    [Fact]
    public void What_is_on_its_way_arrives_before_what_waits_by_choice()
    {
        var exposed = ExposureCounts.None.With(Exposure.ByChoice, 15).With(Exposure.NotAcknowledged, 1);
        var word = new LastWord(new ActiveAccount(18, 2, exposed), TimeSpan.Zero, 0);
        LossReport.Of(new Inheritance(new OpenCounts(13, 13), word, WasActive: false), s_age).Lost.ShouldBe(ExposureCounts.None.With(Exposure.ByChoice, 5));
    }

    [Fact]
    public void Without_a_last_word_only_what_this_device_knows_is_told()
    {
        var report = LossReport.Of(new Inheritance(new OpenCounts(10, 7), null, WasActive: false), s_age);
        report.ShouldBe(new LossReport(null, ExposureCounts.None.With(Exposure.NotHeld, 3), null, null));
    }

    [Fact]
    public void Who_was_active_goes_on_with_everything() =>
        LossReport.Of(new Inheritance(new OpenCounts(10, 10), null, WasActive: true), s_age).Lost.ShouldBe(ExposureCounts.None);

    [Fact]
    public void Every_reason_of_a_retraction_is_one_of_exposure()
    {
        foreach (var reason in Enum.GetValues<RetractionReason>()) Exposures.Of(Protection.Retracted, reason).ToString().ShouldBe(reason.ToString());
        foreach (var protection in Enum.GetValues<Protection>().Where(p => p != Protection.Retracted)) Should.NotThrow(() => Exposures.Of(protection, default));
    }
}
