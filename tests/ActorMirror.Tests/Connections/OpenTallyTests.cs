using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Connections;

/// <summary>The counts that are kept must be those that a walk through the table would give.</summary>
public sealed class OpenTallyTests
{
    [Fact]
    public void What_is_kept_is_what_a_walk_counts_after_any_changes()
    {
        var table = new ConnectionTable(maximum: 60);
        var random = new Random(20260301);
        var last = 0L;
        var ripe = new MirrorChange[4];
        table.BeginSnapshot(sameCopy: false, mirrorRoom: 50);
        table.NextChunk(new MirrorChange[8], out _);
        for (var step = 0; step < 20_000; step++)
        {
            var flow = Flows.Connection(random.Next(80), (ConnectionState)random.Next(3, 9), random.Next(1, 4));
            table.Now += TimeSpan.FromMilliseconds(random.Next(20));
            switch (random.Next(8))
            {
                case < 4:
                    if (table.TryUpsert(flow, random.Next(4) == 0 ? TimeSpan.FromSeconds(1) : null, out var change)) last = change.Sequence;
                    break;
                case 4:
                    table.TryDelete(flow.Original, out _);
                    break;
                case 7:
                    if (table.Ripen(ripe, out _) is > 0 and var written) last = ripe[written - 1].Sequence;
                    break;
                case 5:
                    table.Acknowledge(last - random.Next(10));
                    break;
                default:
                    table.Retract(new Retraction(flow.Original, last, (RetractionReason)random.Next(1, 6)));
                    break;
            }

            if (step % 100 != 0) continue;
            var cursor = 0;
            var views = new ConnectionView[100];
            var open = views[..table.Read(ref cursor, views)].Where(v => v.Record.IsOpen).ToList();
            table.Open.Total.ShouldBe(new OpenCounts(open.Count, open.Count(v => v.Protection == Protection.Protected)));
            table.Exposed.Counts.Reasons.ShouldBe(open
                .Select(v => Exposures.Of(v.Protection, v.Reason ?? default)).OfType<Exposure>().GroupBy(why => why).OrderBy(g => g.Key).Select(g => (g.Key, g.Count())));
            foreach (var member in open.GroupBy(v => v.Record.Mark))
                table.Open.Of(member.Key).ShouldBe(new OpenCounts(member.Count(), member.Count(v => v.Protection == Protection.Protected)));
        }
    }

    [Fact]
    public void A_copy_counts_as_protected_while_the_kernel_has_it_and_a_closing_one_not_at_all()
    {
        var mirror = new MirrorTable(100);
        for (var i = 0; i < 5; i++) mirror.Seed(Flows.Connection(i));
        mirror.Seed(Flows.Connection(5, ConnectionState.TimeWait));
        mirror.Open.Total.ShouldBe(new OpenCounts(5, 5));
        mirror.Vanished(Flows.Key(2), out _).ShouldBeFalse("the active was told nothing of it");
        (mirror.Open.Total, mirror.CountInKernel).ShouldBe((new OpenCounts(4, 4), 5));
        mirror.Apply([MirrorChange.Delete(1, Flows.Key(3))], new MirrorWork()).ShouldBeTrue();
        mirror.Open.Total.ShouldBe(new OpenCounts(3, 3));
    }
}
