using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.Persistence;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.MirrorChannel;
using ActorMirror.MirrorChannel.Wire;
using ActorMirror.Tests.Support;
using Xunit.Abstractions;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>The wire format: what is written is read back, and no bytes whatever do harm.</summary>
public sealed class FramesTests(ITestOutputHelper output)
{
    private const int Seed = 20_140_611;

    private readonly byte[] frame = new byte[Frames.MaximumFrame];
    private readonly MirrorChange[] read = new MirrorChange[Frames.MaximumElements];

    [Fact]
    public void Changes_of_every_kind_come_back_as_they_were()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 2000; round++)
        {
            var changes = new MirrorChange[random.Next(1, 40)];
            var first = random.NextInt64(1, long.MaxValue - 1000);
            for (var i = 0; i < changes.Length; i++) changes[i] = RandomChange(random, first + i);
            var length = Frames.Changes(frame, changes);
            Frames.TryReadChanges(Body(length), read, out var count).ShouldBeTrue();
            read.AsSpan(0, count).SequenceEqual(changes).ShouldBeTrue();
            changes.Sum(c => c.WireSize).ShouldBe(length - Frames.HeaderSize - sizeof(long) - sizeof(ushort));
        }
    }

    [Fact]
    public void What_a_helper_did_comes_back_as_it_was_and_is_left_out_for_who_does_not_understand_it()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 2000; round++)
        {
            var record = RandomRecord(random);
            var change = MirrorChange.Upsert(7, record, Flows.Helped(random, record));
            var length = Frames.Changes(frame, [change, MirrorChange.Settle(8)]);
            Frames.TryReadChanges(Body(length), read, out var count).ShouldBeTrue();
            read.AsSpan(0, count).SequenceEqual([change, MirrorChange.Settle(8)]).ShouldBeTrue();
            (change.WireSize + 1).ShouldBe(length - Frames.HeaderSize - sizeof(long) - sizeof(ushort));

            Frames.TryReadChanges(Body(Frames.Changes(frame, [change], helpers: false)), read, out _).ShouldBeTrue();
            read[0].ShouldBe(change with { Helped = null });
        }
    }

    [Fact]
    public void A_persistence_record_is_a_deletion_of_nothing_for_who_does_not_understand_it()
    {
        var random = new Random(Seed);
        MirrorChange[] changes = [MirrorChange.Persist(7, RandomPersistence(random)), MirrorChange.Settle(8), MirrorChange.Unpersist(9, RandomPersistence(random))];
        Frames.TryReadChanges(Body(Frames.Changes(frame, changes, persistence: false)), read, out var count).ShouldBeTrue();

        read.AsSpan(0, count).ToArray().Select(c => c.Kind).ShouldBe([MirrorChangeKind.Delete, MirrorChangeKind.Settle, MirrorChangeKind.Delete]);
        read[0].Key.ShouldBe(new FlowKey(TransportProtocol.Tcp, Endpoint.Parse("0.0.0.0:0"), Endpoint.Parse("0.0.0.0:0")));
    }

    [Theory]
    [InlineData(1, 0, 0, "a scope of none")]
    [InlineData(11, 0, 0, "a lifetime of none")]
    [InlineData(15, 0xff, 0xff, "more left than there is")]
    public void A_persistence_record_that_cannot_be_is_not_read(int offset, byte first, byte second, string what)
    {
        var record = new PersistenceRecord(new(7, Address.Parse("10.0.0.1")), new FlowMark(0xa0401002), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100));
        var length = Frames.Changes(frame, [MirrorChange.Persist(1, record)]);
        Frames.TryReadChanges(Body(length), read, out _).ShouldBeTrue();
        var at = length - 19 + offset;
        (frame[at], frame[at + 1]) = (first, second);
        if (offset == 11) (frame[at + 2], frame[at + 3]) = (0, 0);
        Frames.TryReadChanges(Body(length), read, out _).ShouldBeFalse(what);
    }

    [Theory]
    [InlineData(0, 2, "a helper that is not known")]
    [InlineData(1, 8, "a part that is not known")]
    [InlineData(1, 1, "adjustments that are not there")]
    public void A_state_that_no_helper_has_is_not_read(int offset, byte value, string what)
    {
        var length = Frames.Changes(frame, [MirrorChange.Upsert(1, Flows.Connection(1), HelperState.Ftp)]);
        Frames.TryReadChanges(Body(length), read, out _).ShouldBeTrue();
        frame[length - 2 + offset] = value;
        Frames.TryReadChanges(Body(length), read, out _).ShouldBeFalse(what);
    }

    [Fact]
    public void An_IPv4_upsert_takes_32_bytes_and_the_largest_batch_fits_a_frame()
    {
        var one = Frames.Changes(frame, [MirrorChange.Upsert(1, Flows.Connection(1))]);
        var two = Frames.Changes(frame, [MirrorChange.Upsert(1, Flows.Connection(1)), MirrorChange.Upsert(2, Flows.Connection(2))]);
        (two - one).ShouldBe(32);
        var ipv6 = Flows.Connection(1) with { Reply = new(TransportProtocol.Tcp, Endpoint.Parse("[2001:db8::1]:1"), Endpoint.Parse("[2001:db8::2]:2")) };
        var all = Enumerable.Range(1, Frames.MaximumElements).Select(i => MirrorChange.Upsert(i, ipv6, new HelperState(
            ConnectionHelper.Ftp, new(1, 2, 3), new(4, 5, 6), new(ipv6.Reply, 1, ipv6.Reply.Source), ipv6.Reply))).ToArray();
        Frames.Changes(frame, all).ShouldBeLessThanOrEqualTo(Frames.MaximumFrame);
        Frames.MaximumElements.ShouldBeGreaterThanOrEqualTo(MirrorLimits.Default.BatchChanges);
    }

    [Fact]
    public void The_hello_and_its_answer_come_back_as_they_were()
    {
        var stream = new StreamId(63, new Epoch(ulong.MaxValue, 3), 0xdead_beef_0000_0001);
        var hello = new MirrorHello(1, 4, new DeviceId(32), stream, "gruppe-ä", 77, 5, "Linux 6.1 x64", 12, new ChannelShare(3, 4));
        var length = Frames.Hello(frame, hello);
        Frames.TryReadHello(Body(length), out var helloRead).ShouldBeTrue();
        helloRead.ShouldBe(hello);
        Frames.TryReadHello(frame.AsSpan(Frames.HeaderSize, length - Frames.HeaderSize + 9), out helloRead).ShouldBeTrue("a later version may say more");

        var answer = new MirrorHelloAnswer(MirrorRefusal.EpochTooLow, 0, new DeviceId(2), 1, 1_000_000, stream, 99, 98, "Linux", "epoch 3.1 is below 4.0");
        length = Frames.HelloAnswer(frame, answer);
        Frames.TryReadHelloAnswer(Body(length), out var answerRead).ShouldBeTrue();
        answerRead.ShouldBe(answer);
    }

    [Fact]
    public void An_account_comes_back_as_it_was_and_one_of_a_later_release_with_the_reasons_known_here()
    {
        var account = new ActiveAccount(100, 90, ExposureCounts.None.With(Exposure.MirroringOff, 7).With(Exposure.Vanished, 3));
        var length = Frames.Account(frame, account, TimeSpan.FromMilliseconds(12.5));
        Frames.TryReadAccount(Body(length), out var back, out var age).ShouldBeTrue();
        (back, age).ShouldBe((account, TimeSpan.FromMilliseconds(12.5)));

        frame[Frames.HeaderSize + 16]++; // one more reason
        Frames.TryReadAccount(frame.AsSpan(Frames.HeaderSize, length - Frames.HeaderSize + 4), out back, out _).ShouldBeTrue();
        back.Exposed.ShouldBe(account.Exposed);
        Frames.TryReadAccount(Body(length), out _, out _).ShouldBeFalse("it is cut short");
    }

    [Fact]
    public void Retractions_come_back_as_they_were()
    {
        Retraction[] retractions = [new(Flows.Key(1), 5, RetractionReason.Vanished), new(Flows.Key(2, TransportProtocol.Udp), 9, RetractionReason.TupleTaken)];
        var length = Frames.Retractions(frame, 17, retractions);
        var back = new Retraction[8];
        Frames.TryReadRetractions(Body(length), back, out var first, out var count).ShouldBeTrue();
        (first, count).ShouldBe((17, 2));
        back.Take(2).ShouldBe(retractions);
    }

    [Fact]
    public void Digests_and_what_follows_from_them_come_back_as_they_were()
    {
        var random = new Random(Seed);
        var digest = new TableDigest(17, [.. Enumerable.Range(0, FlowDigest.BucketCount).Select(_ => (ulong)random.NextInt64())]);
        var length = Frames.Digest(frame, digest);
        length.ShouldBeLessThanOrEqualTo(Frames.MaximumFrame);
        Frames.TryReadDigest(Body(length), out var digestRead).ShouldBeTrue();
        (digestRead.Sequence, digestRead.Sums.SequenceEqual(digest.Sums)).ShouldBe((17, true));
        Frames.TryReadDigest(Body(length - 1), out _).ShouldBeFalse();

        var buckets = new BucketSet();
        for (var i = 0; i < 50; i++) buckets.Add(random.Next(FlowDigest.BucketCount));
        Frames.TryReadDiffering(Body(Frames.Differing(frame, buckets)), out var bucketsRead).ShouldBeTrue();
        bucketsRead.Words.SequenceEqual(buckets.Words).ShouldBeTrue();

        Frames.TryReadRepairs(Body(Frames.Repairs(frame, new Repairs(1, 2, 3))), out var repairs).ShouldBeTrue();
        repairs.ShouldBe(new Repairs(1, 2, 3));
    }

    [Fact]
    public void A_doubt_of_buckets_that_do_not_exist_is_not_read()
    {
        MirrorChange[] bad = [MirrorChange.Doubt(1, new(4095, 2)), MirrorChange.Doubt(1, new(4096, 1)), MirrorChange.Doubt(1, new(5, 0))];
        foreach (var change in bad) Frames.TryReadChanges(Body(Frames.Changes(frame, [change])), read, out _).ShouldBeFalse();
    }

    [Fact]
    public void Text_that_is_too_long_is_cut_at_a_character()
    {
        var length = Frames.Close(frame, new string('ä', 200));
        Frames.TryReadClose(Body(length), out var reason).ShouldBeTrue();
        reason.ShouldBe(new string('ä', 127));
    }

    [Fact]
    public void Hostile_bytes_are_refused_or_read_but_never_throw_nor_allocate_by_their_lengths()
    {
        const int Rounds = 200_000;
        var random = new Random(Seed);
        var retractions = new Retraction[Frames.MaximumElements];
        var (readable, allocated) = (0, 0L);
        for (var round = 0; round < Rounds; round++)
        {
            var body = Hostile(random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (Frames.TryReadChanges(body, read, out _)) readable++;
            if (Frames.TryReadRetractions(body, retractions, out _, out _)) readable++;
            if (Frames.TryReadNumber(body, out _)) readable++;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            if (Frames.TryReadHello(body, out _)) readable++;
            if (Frames.TryReadHelloAnswer(body, out _)) readable++;
            if (Frames.TryReadClose(body, out _)) readable++;
        }

        output.WriteLine($"{Rounds} hostile bodies from seed {Seed}: {readable} times one could be read, as it happens");
        allocated.ShouldBeLessThan(20 * Rounds, "of the kinds of changes only persistence records are objects; the runtime's own first calls are counted too");
        readable.ShouldBeInRange(1, Rounds - 1, "the bodies must be neither all good nor all bad to prove anything");
    }

    [Fact]
    public async Task Frames_are_cut_however_the_bytes_are_split_and_a_long_one_is_refused()
    {
        using var bytes = new MemoryStream();
        for (var i = 1; i <= 200; i++) bytes.Write(frame, 0, Frames.Changes(frame, Enumerable.Range(i, i).Select(n => MirrorChange.Delete(n, Flows.Key(n))).ToArray()));
        using var reader = new FrameReader(new SplittingStream(bytes.ToArray(), new Random(Seed)));
        for (var i = 1; i <= 200; i++)
        {
            var next = (await reader.ReadAsync(CancellationToken.None)).ShouldNotBeNull();
            Frames.TryReadChanges(next.Body.Span, read, out var count).ShouldBeTrue();
            count.ShouldBe(i);
        }

        (await reader.ReadAsync(CancellationToken.None)).ShouldBeNull();
        using var hostile = new FrameReader(new MemoryStream([0xff, 0xff, 0xff, 0xff, 3]));
        await Should.ThrowAsync<MirrorProtocolException>(async () => await hostile.ReadAsync(CancellationToken.None));
        using var cut = new FrameReader(new MemoryStream([0, 0, 0, 9, 3, 0]));
        await Should.ThrowAsync<MirrorProtocolException>(async () => await cut.ReadAsync(CancellationToken.None));
    }

    private ReadOnlySpan<byte> Body(int length) => frame.AsSpan(Frames.HeaderSize, length - Frames.HeaderSize);

    /// <summary>Good frames with some bytes changed, cut or lengthened, and sometimes noise.</summary>
    private byte[] Hostile(Random random)
    {
        var length = random.Next(6) switch
        {
            0 => Frames.Hello(frame, new MirrorHello(1, 1, new DeviceId(1), new StreamId(1, new Epoch(1, 1), 1), "tg1", 1, 0, "x", 0, ChannelShare.Whole)),
            1 => Frames.Retractions(frame, 1, [new Retraction(Flows.Key(1), 1, RetractionReason.Vanished)]),
            2 => Frames.Number(frame, FrameType.Acknowledge, random.NextInt64()),
            3 => Frames.HeaderSize + random.Next(200),
            _ => Frames.Changes(frame, [RandomChange(random, 1), RandomChange(random, 2), RandomChange(random, 3)]),
        };
        if (length < 400) random.NextBytes(frame.AsSpan(length, 64));
        for (var damage = random.Next(4); damage > 0; damage--) frame[Frames.HeaderSize + random.Next(length - Frames.HeaderSize + 1)] = (byte)random.Next(256);
        return frame.AsSpan(Frames.HeaderSize, Math.Max(0, length - Frames.HeaderSize + (random.Next(3) == 0 ? random.Next(-10, 20) : 0))).ToArray();
    }

    private static MirrorChange RandomChange(Random random, long sequence) => random.Next(14) switch
    {
        0 => MirrorChange.SnapshotBegin(sequence, random.Next()),
        1 => MirrorChange.SnapshotEnd(sequence, random.Next()),
        3 => MirrorChange.Doubt(sequence, new(random.Next(4000), random.Next(1, 90))),
        4 => MirrorChange.Settle(sequence),
        5 => MirrorChange.Reassert(sequence, RandomRecord(random)),
        6 => MirrorChange.Persist(sequence, RandomPersistence(random)),
        7 => MirrorChange.Unpersist(sequence, RandomPersistence(random) with { Mark = default, Timeout = TimeSpan.Zero, Remaining = TimeSpan.Zero }),
        2 => MirrorChange.Delete(sequence, RandomFlow(random, random.Next(2) == 0, TransportProtocol.Udp)),
        _ => MirrorChange.Upsert(sequence, RandomRecord(random)),
    };

    private static PersistenceRecord RandomPersistence(Random random)
    {
        var timeout = random.Next(1, 604_800_001);
        return new(
            new(random.Next(1, FlowMark.MaximumVirtualServer + 1), RandomEndpoint(random, random.Next(2) == 0).Address), new FlowMark((uint)random.NextInt64(uint.MaxValue)),
            TimeSpan.FromMilliseconds(timeout), TimeSpan.FromMilliseconds(random.Next(timeout + 1)));
    }

    private static ConnectionRecord RandomRecord(Random random)
    {
        var protocol = random.Next(2) == 0 ? TransportProtocol.Tcp : TransportProtocol.Udp;
        var v4 = random.Next(3) > 0;
        return new(
            RandomFlow(random, v4, protocol),
            RandomFlow(random, v4, protocol),
            new FlowMark((uint)random.NextInt64(uint.MaxValue)),
            protocol == TransportProtocol.Tcp ? (ConnectionState)random.Next(9) : ConnectionState.None,
            (byte)random.Next(15),
            (byte)random.Next(15),
            (byte)random.Next(4),
            (byte)random.Next(4));
    }

    private static FlowKey RandomFlow(Random random, bool v4, TransportProtocol protocol) =>
        new(protocol, RandomEndpoint(random, v4), RandomEndpoint(random, v4));

    private static Endpoint RandomEndpoint(Random random, bool v4) => new(
        v4 ? Address.FromV4((uint)random.NextInt64(uint.MaxValue)) : new Address(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64())),
        (ushort)random.Next(65536));

    /// <summary>Gives a few bytes at a time, as a network may.</summary>
    private sealed class SplittingStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 700))], cancellationToken);
    }
}
