using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Journal;

namespace ActorMirror.Tests.Journal;

public sealed class SqliteJournalTests : IDisposable
{
    private static readonly DateTimeOffset s_at = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("am-journal-").FullName;

    private string File => Path.Combine(_folder, "journal.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_recorded_is_there_after_a_restart()
    {
        await using (var journal = Open())
        {
            journal.HighestEpochs.ShouldBeEmpty();
            journal.Offline.ShouldBeEmpty();
            journal.Saw("tg1", new Epoch(8, 3));
            journal.Saw("tg1", new Epoch(8, 2));
            journal.Saw("tg2", new Epoch(12, 0));
            journal.Record(new ForcedStandby("tg1", "a", null, s_at));
            journal.Record(Move(1));
            journal.Record(First);
            journal.Record(new OfflineWord(new DeviceId(3), true, new Epoch(8, 5)));
            journal.Record(new OfflineWord(new DeviceId(2), true, new Epoch(8, 6)));
            journal.Record(new OfflineWord(new DeviceId(2), false, new Epoch(8, 7)));
            journal.Record(new OfflineWord(new DeviceId(2), true, new Epoch(8, 6)));
            await journal.FlushAsync(default);
            journal.Status.ShouldBe(new JournalStatus(JournalHealth.Ok, "ok", 0));
        }

        await using var again = Open();
        again.HighestEpochs["tg1"].ShouldBe(new Epoch(8, 3));
        again.HighestEpochs["tg2"].ShouldBe(new Epoch(12, 0));
        again.Offline.ShouldBe([new OfflineWord(new DeviceId(2), false, new Epoch(8, 7)), new OfflineWord(new DeviceId(3), true, new Epoch(8, 5))], "the last word counts");
        (await again.FailoversAsync(10, default)).ShouldBe([First, Move(1)]);
        (await again.FailoversAsync(1, default)).Length.ShouldBe(1);
    }

    [Fact]
    public async Task The_report_of_a_promotion_replaces_what_was_known_of_the_move()
    {
        await using var journal = Open();
        journal.Record(Move(1) with { PromotionMs = null });
        journal.Record(Move(1));
        await journal.FlushAsync(default);
        (await journal.FailoversAsync(10, default)).ShouldBe([Move(1)]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_corrupt_file_is_set_aside_and_told(bool wasJournal)
    {
        if (wasJournal)
        {
            await using (var journal = Open())
            {
                for (ulong i = 0; i < 500; i++) journal.Record(Move(i));
                await journal.FlushAsync(default);
            }

            var bytes = await System.IO.File.ReadAllBytesAsync(File);
            bytes.AsSpan(4096, bytes.Length - 4096).Fill(0x5a);
            await System.IO.File.WriteAllBytesAsync(File, bytes);
        }
        else
        {
            await System.IO.File.WriteAllTextAsync(File, "this is not a database, and it is long enough to be read as one: " + new string('x', 4096));
        }

        await using (var journal = Open())
        {
            journal.Status.Health.ShouldBe(JournalHealth.Degraded);
            journal.Status.Text.ShouldContain("was corrupt and is kept as");
            journal.Saw("tg1", new Epoch(4, 4));
            await journal.FlushAsync(default);
            journal.Status.Dropped.ShouldBe(0);
        }

        Directory.GetFiles(_folder, "journal.db.corrupt-20260304-050607").ShouldHaveSingleItem();
        await using var again = Open();
        again.HighestEpochs["tg1"].ShouldBe(new Epoch(4, 4));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_stops_nothing()
    {
        // A file where the folder should be fails for root too, unlike missing permissions.
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, "blocked"), "");
        await using var journal = SqliteJournal.Open(Path.Combine(_folder, "blocked", "journal.db"), new FixedTime());
        journal.Status.Health.ShouldBe(JournalHealth.Unavailable);
        journal.Saw("tg1", new Epoch(1, 1));
        await journal.FlushAsync(default);
        journal.Status.Dropped.ShouldBe(1);
        journal.HighestEpochs.ShouldBeEmpty();
        (await journal.FailoversAsync(10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_place_that_can_be_written_again_is_used_again()
    {
        var folder = Path.Combine(_folder, "later");
        await System.IO.File.WriteAllTextAsync(folder, "");
        await using var journal = SqliteJournal.Open(Path.Combine(folder, "journal.db"), new FixedTime());
        journal.Status.Health.ShouldBe(JournalHealth.Unavailable);
        System.IO.File.Delete(folder);
        journal.Saw("tg1", new Epoch(1, 1));
        await journal.FlushAsync(default);
        journal.Status.ShouldBe(new JournalStatus(JournalHealth.Ok, "ok", 0));
    }

    [Fact]
    public async Task A_database_that_another_process_has_locked_is_told()
    {
        await using (var journal = Open())
        {
            journal.Saw("tg1", new Epoch(7, 7));
            await journal.FlushAsync(default);
        }

        await using var locked = new LockedDatabase(File);
        await using var reader = Open();
        reader.Saw("tg1", new Epoch(9, 9));
        await reader.FlushAsync(default);
        reader.Status.Health.ShouldBe(JournalHealth.Unavailable);
        reader.Status.Dropped.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_queue_gives_records_up_and_counts_them()
    {
        var start = new TaskCompletionSource();
        await using var journal = SqliteJournal.Open(File, new FixedTime(), queueLength: 4, start.Task);
        for (ulong i = 0; i < 10; i++) journal.Record(Move(i));
        journal.Status.ShouldBe(new JournalStatus(JournalHealth.Degraded, "6 records were given up", 6));
        start.SetResult();
        await journal.FlushAsync(default);
        (await journal.FailoversAsync(10, default)).Length.ShouldBe(4);
    }

    [Fact]
    public async Task A_file_of_a_newer_daemon_is_left_alone()
    {
        await using (Open())
        {
        }

        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        await using var journal = Open();
        journal.Status.Health.ShouldBe(JournalHealth.Unavailable);
        journal.Status.Text.ShouldContain("schema version 99");
        System.IO.File.Exists(File).ShouldBeTrue();
    }

    [Fact]
    public async Task A_loss_of_which_nothing_is_known_is_kept_as_such()
    {
        await using var journal = Open();
        var move = Move(1) with { Loss = new LossReport(null, ExposureCounts.None, null, null) };
        journal.Record(move);
        await journal.FlushAsync(default);
        (await journal.FailoversAsync(1, default)).ShouldBe([move]);
    }

    [Fact]
    public async Task A_journal_of_the_first_schema_is_carried_on()
    {
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = Schema.Step(0) + """
                INSERT INTO failover VALUES ('tg1', 8, 1, NULL, 'b', 'initial', NULL, NULL, 500, 498, '2026-03-04T05:06:07.0000000+00:00');
                PRAGMA user_version = 1;
                """;
            command.ExecuteNonQuery();
        }

        await using var journal = Open();
        journal.Record(Move(2));
        await journal.FlushAsync(default);
        (await journal.FailoversAsync(10, default)).ShouldBe(
            [Move(2), Move(1) with { From = null, Reason = "initial", DetectionMs = null, PromotionMs = null, Loss = null }]);
    }

    private static Failover First => Move(2) with { From = null, DetectionMs = null, PromotionMs = null, Loss = null };

    private static Failover Move(ulong index) => new("tg1", new Epoch(8, index), "a", "b", "device-down", 431.5, 12.25, 500, 498, s_at,
        new LossReport(501, ExposureCounts.None.With(Exposure.MirroringOff, 2).With(Exposure.Vanished, 1), TimeSpan.FromMilliseconds(120.5), TimeSpan.Zero));

    private SqliteJournal Open() => SqliteJournal.Open(File, new FixedTime());

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => s_at;
    }

    /// <summary>Another process holds the write lock.</summary>
    private sealed class LockedDatabase : IAsyncDisposable
    {
        private readonly Microsoft.Data.Sqlite.SqliteConnection _connection;

        public LockedDatabase(string file)
        {
            _connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False");
            _connection.Open();
            using var command = _connection.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE; INSERT INTO epoch VALUES ('other', 1, 1);";
            command.ExecuteNonQuery();
        }

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
