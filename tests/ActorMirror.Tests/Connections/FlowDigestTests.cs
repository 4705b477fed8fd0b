using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Connections;

/// <summary>Digests as tables keep them, and the tables' own memory: both families, through every change.</summary>
public sealed class FlowDigestTests
{
    private const ulong Key = 0x1234_5678_9abc_def1;

    [Fact]
    public void Each_field_of_a_record_counts_and_its_bucket_depends_on_its_flow_alone()
    {
        var record = Flows.Connection(1);
        ConnectionRecord[] others =
        [
            record with { Reply = Flows.Connection(1, member: 2).Reply },
            record with { Mark = new FlowMark(record.Mark.Value | FlowMark.Closing) },
            record with { State = ConnectionState.FinWait },
            record with { WindowScaleOriginal = 8 },
            record with { WindowScaleReply = 8 },
            record with { FlagsOriginal = 1 },
            record with { FlagsReply = 3 },
        ];
        var digest = Of(record);
        foreach (var other in others)
        {
            var differing = Of(other).Differing(digest.Sums);
            differing.Count.ShouldBe(1);
            differing.Contains(digest.BucketOf(record.Original)).ShouldBeTrue();
        }

        new FlowDigest(Key + 1).BucketOf(record.Original).ShouldNotBe(digest.BucketOf(record.Original), "clients do not know who shares a bucket");
    }

    [Fact]
    public void Each_thing_a_helper_did_counts_and_a_table_forgets_it_with_its_connection()
    {
        var record = Flows.Connection(1);
        var expected = new Expectation(Flows.Key(2), 0, Flows.Key(3).Source);
        HelperState?[] states =
        [
            null, HelperState.Ftp, HelperState.Ftp with { Original = new(1, 2, 3) }, HelperState.Ftp with { Reply = new(1, 2, 3) }, HelperState.Ftp with { Reply = new(1, 3, 2) },
            HelperState.Ftp with { Reply = new(2, 2, 3) }, HelperState.Ftp with { Expected = expected }, HelperState.Ftp with { Expected = expected with { Direction = 1 } },
            HelperState.Ftp with { Expected = expected with { Flow = Flows.Key(4) } }, HelperState.Ftp with { Expected = expected with { Saved = Flows.Key(4).Source } },
            HelperState.ExpectedBy(Flows.Key(2)), HelperState.ExpectedBy(Flows.Key(3)),
        ];
        var digests = states.Select(state =>
        {
            var digest = new FlowDigest(Key);
            digest.Add(record, state);
            return digest;
        }).ToList();
        for (var i = 0; i < digests.Count; i++)
        {
            foreach (var other in digests.Skip(i + 1)) other.Differing(digests[i].Sums).Count.ShouldBe(1);
        }

        var table = new ConnectionTable(10, Key);
        table.BeginSnapshot(sameCopy: false, 10);
        foreach (var state in states.OfType<HelperState>())
        {
            table.TryUpsert(record, null, out _, state).ShouldBeTrue();
            digests[Array.IndexOf(states, state)].Differing(table.Digest().Sums).Count.ShouldBe(0);
        }

        table.TryDelete(record.Original, out _);
        table.Digest().Sums.ShouldAllBe(sum => sum == 0);
    }

    [Fact]
    public void Connections_are_dealt_out_evenly()
    {
        var digest = new FlowDigest(Key);
        var sizes = new int[FlowDigest.BucketCount];
        for (var i = 0; i < 100 * FlowDigest.BucketCount; i++) sizes[digest.BucketOf(Flows.Key(i))]++;
        sizes.ShouldAllBe(size => size > 40 && size < 180, "100 on average: six standard deviations");
    }

    [Fact]
    public void Buckets_are_found_again_as_ranges()
    {
        var set = new BucketSet();
        foreach (var bucket in new[] { 0, 1, 63, 64, 65, 4095 }) set.Add(bucket);
        var (ranges, from) = (new List<BucketRange>(), 0);
        while (set.TryNext(from, out var range))
        {
            ranges.Add(range);
            from = range.End;
        }

        ranges.ShouldBe([new(0, 2), new(63, 3), new(4095, 1)]);
        var copy = new BucketSet(set.Words);
        copy.Count.ShouldBe(6);
        copy.Add(new BucketRange(0, FlowDigest.BucketCount));
        copy.Words.SequenceEqual(BucketSet.All().Words).ShouldBeTrue();
    }

    /// <summary>The table against a dictionary, its digest against one made anew.</summary>
    [Fact]
    public void Tables_hold_what_they_were_given_and_their_digests_follow()
    {
        var random = new Random(20_140_615);
        var table = new ConnectionTable(100_000, Key);
        var mirror = new MirrorTable(100_000);
        mirror.UseDigestKey(Key);
        var work = new MirrorWork();
        var expected = new Dictionary<FlowKey, ConnectionRecord>();
        table.BeginSnapshot(sameCopy: false, 100_000);
        for (var round = 0; round < 60_000; round++)
        {
            var record = Random(random);
            MirrorChange change;
            var changed = random.Next(3) == 0 ? table.TryDelete(record.Original, out change) : table.TryUpsert(record, out change);
            if (!changed) continue;
            mirror.Apply([change], work);
            if (change.Kind == MirrorChangeKind.Delete) expected.Remove(change.Key);
            else expected[change.Key] = record;
        }

        table.Acknowledge(table.LastSequence);
        var views = new ConnectionView[expected.Count + 1];
        var cursor = 0;
        table.Read(ref cursor, views).ShouldBe(expected.Count);
        foreach (var view in views[..^1])
        {
            view.Record.ShouldBe(expected[view.Record.Original]);
            mirror.TryGet(view.Record.Original, out var copy, out _, out _).ShouldBeTrue();
            copy.ShouldBe(view.Record);
        }

        mirror.Count.ShouldBe(expected.Count);
        mirror.Compare(table.Digest()).Count.ShouldBe(0);
        mirror.UseDigestKey(Key + 1);
        mirror.UseDigestKey(Key);
        Of([.. expected.Values]).Differing(table.Digest().Sums).Count.ShouldBe(0);
        mirror.Compare(table.Digest()).Count.ShouldBe(0);
        table.ForgetCopy();
        table.Digest().Sums.ShouldAllBe(sum => sum == 0);
    }

    [Fact]
    public void A_failed_delete_and_a_strangers_entry_are_ghosts_for_the_next_digest()
    {
        var mirror = new MirrorTable(10);
        var work = new MirrorWork();
        var active = new ConnectionTable(10);
        active.BeginSnapshot(sameCopy: false, 10);
        mirror.Apply([MirrorChange.Upsert(1, Flows.Connection(1)), MirrorChange.Delete(2, Flows.Key(1))], work);
        mirror.Compare(active.Digest()).Count.ShouldBe(0);
        mirror.Failed(work.Operations[^1], RetractionReason.KernelRefused, out _).ShouldBeFalse();
        mirror.Found(Flows.Connection(2));
        mirror.Compare(active.Digest()).Count.ShouldBe(2);
        mirror.Vanished(Flows.Key(2), out _).ShouldBeFalse("the active was told nothing of it");
        mirror.Compare(active.Digest()).Count.ShouldBe(1);
    }

    [Fact]
    public void What_a_stranger_changed_is_no_longer_what_the_active_says_but_a_state_of_the_kernels_own_is()
    {
        var (mirror, work) = (new MirrorTable(10), new MirrorWork());
        var active = new ConnectionTable(10);
        active.BeginSnapshot(sameCopy: false, 10);
        active.TryUpsert(Flows.Connection(1), out var change);
        mirror.Apply([change], work);
        mirror.Found(Flows.Connection(1, ConnectionState.FinWait));
        mirror.Compare(active.Digest()).Count.ShouldBe(0);
        mirror.Found(Flows.Connection(1, member: 2));
        mirror.Compare(active.Digest()).Count.ShouldBe(1);
        work.Clear();
        mirror.Apply([MirrorChange.Reassert(9, Flows.Connection(1))], work);
        work.Operations.ShouldHaveSingleItem().Action.ShouldBe(KernelAction.Replace);
        mirror.Repairs.ShouldBe(new Repairs(0, 0, Wrong: 1));
    }

    private static FlowDigest Of(params ConnectionRecord[] records)
    {
        var digest = new FlowDigest(Key);
        foreach (var record in records) digest.Add(record);
        return digest;
    }

    private static ConnectionRecord Random(Random random)
    {
        var udp = random.Next(4) == 0;
        var record = Flows.Connection(
            random.Next(9000), (ConnectionState)random.Next(3, 9), random.Next(1, 4), udp ? TransportProtocol.Udp : TransportProtocol.Tcp);
        if (random.Next(3) > 0) return record;
        var client = new Endpoint(new Address(((UInt128)0x2001_0db8 << 96) | (uint)random.Next(3000)), 1234);
        return record with
        {
            Original = record.Original with { Source = client, Destination = Endpoint.Parse("[2001:db8::80]:80") },
            Reply = record.Reply with { Source = Endpoint.Parse("[2001:db8:1::1]:8080"), Destination = client },
        };
    }
}
