using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace ActorMirror.Tests.MirrorProtocol;

/// <summary>Whatever happens in whatever order: what is shown as protected is, and in the end both tables are equal.</summary>
public sealed class MirrorModelTests(ITestOutputHelper output)
{
    private const int Keys = 12;

    internal enum Step
    {
        Upsert,
        Delete,
        SenderStep,
        ActiveMail,
        MirrorReceives,
        MirrorApplies,
        MirrorSends,
        ActiveReceives,
        Connect,
        Break,
        Pass,
        Reoffer,
        FillMailbox,
        Refuse,
        Vanish,
        MirrorRestarts,
        ActiveRestarts,
        Takeover,
        Damage,
        Resync,
    }

    internal sealed record Happening(Step Step, int Key, int Variation)
    {
        public override string ToString() => $"{Step} {Key}.{Variation}";
    }

    private static readonly (int, Gen<Step>)[] Usual =
    [
        (45, Gen.Constant(Step.Upsert)),
        (8, Gen.Constant(Step.Delete)),
        (25, Gen.Constant(Step.SenderStep)),
        (20, Gen.Constant(Step.ActiveMail)),
        (20, Gen.Constant(Step.MirrorReceives)),
        (20, Gen.Constant(Step.MirrorApplies)),
        (20, Gen.Constant(Step.MirrorSends)),
        (20, Gen.Constant(Step.ActiveReceives)),
        (4, Gen.Constant(Step.Connect)),
        (2, Gen.Constant(Step.Break)),
        (6, Gen.Constant(Step.Pass)),
        (2, Gen.Constant(Step.Reoffer)),
        (3, Gen.Constant(Step.FillMailbox)),
        (2, Gen.Constant(Step.Refuse)),
        (3, Gen.Constant(Step.Vanish)),
        (1, Gen.Constant(Step.MirrorRestarts)),
        (1, Gen.Constant(Step.ActiveRestarts)),
        (1, Gen.Constant(Step.Takeover)),
        (1, Gen.Constant(Step.Resync)),
    ];

    private static Arbitrary<Happening[]> Stories(Gen<Step> steps) => (
        from step in steps
        from key in Gen.Choose(0, Keys - 1)
        from variation in Gen.Choose(0, 5)
        select new Happening(step, key, variation)).ArrayOf().ToArbitrary();

    [Theory]
    [InlineData(1000, MirrorFeatures.Own)]
    [InlineData(6, MirrorFeatures.Own)]
    [InlineData(1000, 0)]
    public void Whatever_happens_protected_is_true_and_the_copy_becomes_equal(int room, uint features)
    {
        int stories = 0, snapshots = 0, overflows = 0, resumes = 0, takeovers = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(600).WithReplay(20_140_613, 1), Prop.ForAll(Stories(Gen.Frequency(Usual)), story =>
        {
            var pair = new MirrorPair(room, features);
            foreach (var happening in story)
            {
                Happen(pair, happening);
                pair.ProtectedMeansProtected();
            }

            pair.Settle();
            pair.ProtectedMeansProtected();
            pair.Repairs.ShouldBe(default, "nothing went wrong that the protocol does not know of");
            stories++;
            (snapshots, overflows) = (snapshots + pair.Snapshots, overflows + pair.Overflows);
            (resumes, takeovers) = (resumes + pair.Resumes, takeovers + pair.Takeovers);
        }));
        output.WriteLine($"{stories} stories with {snapshots} snapshots, {overflows} overflows, {resumes} resumes, {takeovers} takeovers");
        new[] { snapshots, overflows, resumes, takeovers }.ShouldAllBe(n => n > 20, "the stories must go where it hurts");
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(6)]
    public void Whatever_becomes_wrong_without_a_word_is_found_and_put_right(int room)
    {
        var (stories, repaired) = (0, default(Repairs));
        // A mirror or table made anew heals everything by its snapshot: here nothing of that kind happens.
        var steps = Gen.Frequency([.. Usual.Take(8), (20, Gen.Constant(Step.Damage)), (2, Gen.Constant(Step.Vanish)), (1, Gen.Constant(Step.Resync))]);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(200).WithReplay(20_140_613, 1), Prop.ForAll(Stories(steps), story =>
        {
            var pair = new MirrorPair(room);
            for (var i = 0; i < Keys / 2; i++) pair.Upsert(Flows.Connection(i));
            pair.Settle();
            foreach (var happening in story)
            {
                Happen(pair, happening);
                pair.ProtectedMeansProtected();
            }

            pair.Reconcile();
            pair.ProtectedMeansProtected();
            stories++;
            var found = pair.Repairs;
            repaired = new Repairs(repaired.Ghosts + found.Ghosts, repaired.Missing + found.Missing, repaired.Wrong + found.Wrong);
        }));
        output.WriteLine($"{stories} stories, repaired: {repaired}");
        new[] { repaired.Ghosts, repaired.Missing, repaired.Wrong }.ShouldAllBe(n => n > 20, "the stories must go where it hurts");
    }

    private static void Happen(MirrorPair pair, Happening happening)
    {
        var key = Flows.Key(happening.Key);
        switch (happening.Step)
        {
            case Step.Upsert:
                var record = Flows.Connection(happening.Key, happening.Variation < 4 ? ConnectionState.Established : ConnectionState.TimeWait, 1 + happening.Variation % 2);
                pair.Upsert(record, happening.Key % 6 == 0 ? Flows.Helped(new Random(happening.Variation), record) : null); // some are of FTP
                break;
            case Step.Delete:
                pair.Delete(key);
                break;
            case Step.SenderStep:
                pair.SenderStep();
                break;
            case Step.ActiveMail:
                pair.ActiveMail();
                break;
            case Step.MirrorReceives:
                pair.MirrorReceives();
                break;
            case Step.MirrorApplies:
                pair.MirrorApplies();
                break;
            case Step.MirrorSends:
                pair.MirrorSends();
                break;
            case Step.ActiveReceives:
                pair.ActiveReceives();
                break;
            case Step.Connect:
                pair.Connect();
                break;
            case Step.Break:
                pair.Break();
                break;
            case Step.Pass:
                pair.Now += TimeSpan.FromMilliseconds(300 * happening.Variation);
                break;
            case Step.Reoffer:
                pair.Reoffer();
                break;
            case Step.FillMailbox:
                pair.FillMailbox();
                break;
            case Step.Refuse:
                pair.Refuse(key);
                break;
            case Step.Vanish:
                pair.Vanish(key);
                break;
            case Step.MirrorRestarts:
                pair.MirrorRestarts();
                break;
            case Step.ActiveRestarts:
                pair.ActiveRestarts();
                break;
            case Step.Takeover:
                pair.Takeover();
                break;
            case Step.Damage:
                pair.Damage(key, happening.Variation < 2 ? null : Flows.Connection(happening.Key, member: happening.Variation));
                break;
            case Step.Resync:
                pair.Resync();
                break;
        }
    }
}
