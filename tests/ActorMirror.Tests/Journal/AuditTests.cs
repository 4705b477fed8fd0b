using ActorMirror.Journal;

namespace ActorMirror.Tests.Journal;

public sealed class AuditTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-journal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Changes_outlive_a_restart_newest_first()
    {
        await using (var journal = Open())
        {
            for (var i = 0; i < 5; i++) journal.Record(Change(i));
            await journal.FlushAsync(default);
        }

        await using var again = Open();
        (await again.AuditsAsync(2, default)).ShouldBe([Change(4), Change(3)]);
    }

    [Fact]
    public async Task Only_the_newest_are_kept()
    {
        await using var journal = Open();
        for (var i = 0; i < Audit.Kept + 50; i++)
        {
            journal.Record(Change(i));
            if (i % 500 == 0) await journal.FlushAsync(default);
        }

        await journal.FlushAsync(default);
        var all = await journal.AuditsAsync(2 * Audit.Kept, default);
        (all.Length, all[0], all[^1]).ShouldBe((Audit.Kept, Change(Audit.Kept + 49), Change(50)));
    }

    private SqliteJournal Open() => SqliteJournal.Open(Path.Combine(_folder, "journal.db"), TimeProvider.System);

    private static Audit Change(int number) =>
        new(DateTimeOffset.UnixEpoch.AddSeconds(number), "alice", "192.0.2.1", "force-standby", "tg1", 200, $"change {number}");
}
