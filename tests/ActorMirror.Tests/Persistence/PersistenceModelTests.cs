using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.Persistence;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.Persistence;

/// <summary>
/// Whatever happens in whatever order: the table is as a naive one, and what it tells keeps a kernel that forgets by its own clock, and a mirror, right.
/// </summary>
public class PersistenceModelTests
{
    private const int Room = 6;

    private static readonly PersistenceProfile Profile =
        new("clients", PersistenceMode.SourceAddress, TimeSpan.FromSeconds(30), IsMirrored: true, 32, 128, AcrossServices: false, AcrossVirtuals: false);

    private enum Step
    {
        Begin,
        End,
        Pass,
        Tell,
        Down,
        Snapshot,
    }

    private sealed record Happening(Step Step, int Client, int Member);

    private sealed record Known(int Member, int Connections, TimeSpan Until);

    [Fact]
    public void A_record_lives_as_long_as_it_should_in_the_table_the_kernel_and_the_mirror()
    {
        var steps = Gen.Frequency(
            (30, Gen.Constant(Step.Begin)), (20, Gen.Constant(Step.End)), (25, Gen.Constant(Step.Pass)), (30, Gen.Constant(Step.Tell)), (2, Gen.Constant(Step.Down)),
            (2, Gen.Constant(Step.Snapshot)));
        var happenings = from step in steps from client in Gen.Choose(0, 8) from member in Gen.Choose(1, 3) select new Happening(step, client, member);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(300).WithReplay(20_140_613, 1), Prop.ForAll(happenings.ListOf().ToArbitrary(), story =>
        {
            var world = new World();
            foreach (var happening in story) world.Do(happening);
            world.Tell();
            world.Compare();
        }));
    }

    private sealed class World
    {
        private readonly PersistenceTable table = new(Room);
        private readonly PersistenceCopy copy = new(Room);
        private readonly Dictionary<int, Known> model = [];
        private readonly Dictionary<PersistenceKey, (FlowMark Mark, TimeSpan Until)> kernel = [];
        private readonly List<PersistenceChange> work = [];
        private TimeSpan now;

        public void Do(Happening happening)
        {
            var (step, client, member) = happening;
            switch (step)
            {
                case Step.Begin:
                    Begin(client, member);
                    break;
                case Step.End:
                    table.Ended(Key(client), Mark(member));
                    if (model.TryGetValue(client, out var known) && known.Member == member && known.Connections > 0)
                        model[client] = known with { Connections = known.Connections - 1, Until = now + Profile.Timeout };
                    break;
                case Step.Pass:
                    Pass(TimeSpan.FromSeconds(client));
                    break;
                case Step.Tell:
                    Tell();
                    Compare();
                    break;
                case Step.Down:
                    table.Remove(record => record.Mark == Mark(member));
                    foreach (var gone in model.Where(m => m.Value.Member == member).ToList()) model.Remove(gone.Key);
                    break;
                case Step.Snapshot:
                    Tell();
                    Snapshot();
                    break;
            }
        }

        /// <summary>Until there is no more to tell.</summary>
        public void Tell()
        {
            var buffer = new PersistenceChange[4];
            while (table.Take(buffer) is > 0 and var count)
            {
                foreach (var change in buffer.AsSpan(0, count))
                {
                    if (change.Former != default && kernel.TryGetValue(change.Record.Key, out var held)) held.Mark.ShouldBe(change.Former);
                    if (change.IsGone) kernel.Remove(change.Record.Key);
                    else kernel[change.Record.Key] = (change.Record.Mark, now + change.Record.Remaining);
                    copy.Apply(change.IsGone ? MirrorChange.Unpersist(1, change.Record) : MirrorChange.Persist(1, change.Record), work);
                }
            }
        }

        public void Compare()
        {
            table.Count.ShouldBe(model.Count);
            foreach (var (client, known) in model)
            {
                table.TryGet(Key(client), out var view).ShouldBeTrue();
                (view.Record.Mark, view.Connections).ShouldBe((Mark(known.Member), known.Connections));
                var left = known.Connections > 0 ? Profile.Timeout : known.Until - now;
                view.Record.Remaining.ShouldBe(left);

                // Never more than a third of a lifetime behind, and never ahead.
                var behind = left - (kernel[Key(client)].Until - now);
                behind.ShouldBeInRange(TimeSpan.Zero, Profile.Timeout / 3);
                kernel[Key(client)].Mark.ShouldBe(Mark(known.Member));
            }

            kernel.Count.ShouldBe(model.Count);
            copy.Records().Select(r => (r.Key, r.Mark, now + r.Remaining)).ShouldBe(kernel.Select(k => (k.Key, k.Value.Mark, k.Value.Until)), ignoreOrder: true);
        }

        private void Begin(int client, int member)
        {
            table.Began(Key(client), Mark(member), Profile);
            if (model.TryGetValue(client, out var known))
                model[client] = new(member, known.Member == member ? known.Connections + 1 : 1, now + Profile.Timeout);
            else if (model.Count < Room) model[client] = new(member, 1, now + Profile.Timeout);
        }

        /// <summary>In steps that a device would tick in; what runs out is told within one.</summary>
        private void Pass(TimeSpan time)
        {
            for (var end = now + time; now < end;)
            {
                now += TimeSpan.FromMilliseconds(500);
                table.Now = copy.Now = now;
                foreach (var over in model.Where(m => m.Value.Connections == 0 && m.Value.Until <= now).ToList()) model.Remove(over.Key);
                foreach (var over in kernel.Where(k => k.Value.Until <= now).ToList())
                {
                    kernel.Remove(over.Key);
                    model.Keys.Select(Key).ShouldNotContain(over.Key, "the kernel forgot a client that is still known");
                }

                Tell();
            }
        }

        private void Snapshot()
        {
            copy.BeginSnapshot();
            var records = new PersistenceRecord[3];
            var cursor = 0;
            while (table.Name(ref cursor, records) is > 0 and var count)
            {
                foreach (var record in records.AsSpan(0, count))
                {
                    copy.Apply(MirrorChange.Persist(1, record), work);
                    kernel[record.Key] = (record.Mark, now + record.Remaining);
                }
            }

            copy.EndSnapshot(work);
        }

        private static PersistenceKey Key(int client) => new(7, Address.FromV4((uint)client + 1));

        private static FlowMark Mark(int member) => FlowMark.Create(1, 7, member);
    }
}
