using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Tests.Traffic;

public sealed class FlowRecordTests
{
    private const long Start = 10 * Monotonic.Second;

    private readonly StreamState _client = new(flow: 1, sender: 10);
    private readonly StreamState _server = new(flow: 1, sender: 20);
    private readonly byte[] _message = new byte[Message.MinimumSize];

    [Theory]
    [InlineData(99, true, false)]
    [InlineData(100, true, true)]
    [InlineData(5000, false, false)]
    public void Eligible_is_what_is_mirrored_and_100_ms_old_at_the_fault(int ageMs, bool mirrored, bool eligible)
    {
        var record = Open(mirrored);

        record.Fault(Start + ageMs * Monotonic.Millisecond);

        record.IsEligible.ShouldBe(eligible);
    }

    [Fact]
    public void It_survives_only_when_data_sent_after_the_checkpoint_was_confirmed()
    {
        var record = Open();
        Exchange(record, Start + 50 * Monotonic.Millisecond);
        record.BeginWindow(Start + 60 * Monotonic.Millisecond);
        record.Fault(Start + Monotonic.Second);
        record.Checkpoint();
        record.Report().Survived.ShouldBeFalse();

        Answer(record, Start + 2 * Monotonic.Second);
        record.Report().Survived.ShouldBeFalse("an answer alone says nothing about the way there");

        Exchange(record, Start + 2 * Monotonic.Second);
        record.Report().Survived.ShouldBeTrue();
    }

    [Fact]
    public void A_connection_that_ended_before_the_report_did_not_survive()
    {
        var record = Open();
        Exchange(record, Start + 50 * Monotonic.Millisecond);
        record.BeginWindow(Start + 60 * Monotonic.Millisecond);
        record.Fault(Start + Monotonic.Second);
        Exchange(record, Start + 2 * Monotonic.Second);
        record.Ended(FlowEnd.Reset, Start + 3 * Monotonic.Second);

        var report = record.Report();

        (report.Eligible, report.Survived, report.Reason, report.EndedAfterMs).ShouldBe((true, false, "Reset", 2000));
    }

    [Fact]
    public void A_gap_counts_whole_when_it_began_before_the_window()
    {
        var record = Open();
        Exchange(record, Start + 100 * Monotonic.Millisecond);
        record.BeginWindow(Start + 150 * Monotonic.Millisecond);
        Exchange(record, Start + 700 * Monotonic.Millisecond);
        record.Ended(FlowEnd.Closed, Start + 710 * Monotonic.Millisecond);

        record.Report().GapMs.ShouldBe(600);
    }

    [Fact]
    public void A_silence_of_the_other_direction_counts_too_but_only_in_its_window()
    {
        var record = Open();
        Hear(Start);
        Hear(Start + 400 * Monotonic.Millisecond);
        record.BeginWindow(Start + 300 * Monotonic.Millisecond);
        Answer(record, Start + 410 * Monotonic.Millisecond);
        record.BeginWindow(Start + 500 * Monotonic.Millisecond);
        Answer(record, Start + 510 * Monotonic.Millisecond);
        record.Ended(FlowEnd.Closed, Start + 520 * Monotonic.Millisecond);

        record.Report().GapMs.ShouldBe(100, "the 400 ms belong to the window before");
    }

    [Theory]
    [InlineData(nameof(FlowEnd.Reset), 500, null, true, true)]
    [InlineData(nameof(FlowEnd.Reset), 500, null, false, false)] // not mirrored
    [InlineData(nameof(FlowEnd.Reset), 99, null, true, false)] // too young to have to live
    [InlineData(nameof(FlowEnd.Closed), 500, null, true, false)]
    [InlineData(nameof(FlowEnd.None), 500, null, true, false)]
    [InlineData(nameof(FlowEnd.Reset), 500, 501, true, true)] // before the fault
    [InlineData(nameof(FlowEnd.Reset), 500, 400, true, false)] // eligible: the fault's own report tells of it
    public void What_ends_unasked_without_a_fault_is_lost_too(string end, int endedAfterMs, int? faultAfterMs, bool mirrored, bool lost)
    {
        var record = Open(mirrored);
        if (end != nameof(FlowEnd.None)) record.Ended(Enum.Parse<FlowEnd>(end), Start + endedAfterMs * Monotonic.Millisecond);
        if (faultAfterMs is { } fault) record.Fault(Start + fault * Monotonic.Millisecond);

        record.IsLostBetweenFaults.ShouldBe(lost);
    }

    [Fact]
    public void A_connection_that_does_not_come_to_be_is_lost()
    {
        var record = new FlowRecord(Spec(mirrored: true), _client) { WhenEnded = (_, _) => { } };

        record.Ended(FlowEnd.Refused, Start);

        record.IsLostBetweenFaults.ShouldBeTrue();
    }

    private FlowRecord Open(bool mirrored = true)
    {
        var record = new FlowRecord(Spec(mirrored), _client) { WhenEnded = (_, _) => { } };
        record.Opened(Start);
        return record;
    }

    private static FlowSpec Spec(bool mirrored) =>
        new() { Name = "f", Protocol = FlowProtocol.Tcp, Target = "10.0.0.1:1", IntervalMs = 50, Mirrored = mirrored };

    private void Exchange(FlowRecord record, long now)
    {
        Hear(now);
        Answer(record, now);
    }

    private void Hear(long now) => Pass(_client, _server, now);

    private void Answer(FlowRecord record, long now) => record.Arrived(Pass(_server, _client, now), now);

    private MessageHeader Pass(StreamState from, StreamState to, long now)
    {
        from.Compose(_message, 0, now);
        Message.TryRead(_message, out var header).ShouldBeTrue();
        to.Accept(header, now).ShouldBe(FlowEnd.None);
        return header;
    }
}
