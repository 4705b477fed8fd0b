using ActorMirror.Node.Supervisor;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Supervisor;

public sealed class LifeSignTests
{
    private readonly LifeWatch _watch = new();

    [Fact]
    public void A_worker_that_gives_signs_is_not_stuck_however_irregular_they_are()
    {
        for (var sign = 0; sign < 50; sign++)
        {
            for (var look = 0; look < LifeWatch.Patience; look++) _watch.IsStuck(Sign(sign)).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_worker_whose_sign_stays_the_same_is_stuck()
    {
        Looks(Sign(7), LifeWatch.Patience).ShouldBeFalse();
        _watch.IsStuck(Sign(7)).ShouldBeTrue();
    }

    [Fact]
    public void A_worker_that_starts_has_more_time_for_its_first_sign_and_then_no_more()
    {
        Looks(null, LifeWatch.StartPatience - 1).ShouldBeFalse();
        _watch.IsStuck(null).ShouldBeTrue();

        var started = new LifeWatch();
        started.IsStuck(null);
        started.IsStuck(Sign(1)).ShouldBeFalse();
        for (var look = 1; look < LifeWatch.Patience; look++) started.IsStuck(Sign(1)).ShouldBeFalse();
        started.IsStuck(Sign(1)).ShouldBeTrue();
    }

    [Fact]
    public void Each_sign_is_another_and_none_outlives_its_worker()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("am-life-").FullName, "worker.alive");
        var time = new FakeTimeProvider();
        var (worker, supervisor) = (new LifeSign(file, time), new LifeSign(file, time));
        supervisor.Read().ShouldBeNull();
        worker.Give();
        var first = supervisor.Read().ShouldNotBeNull();
        time.Advance(TimeSpan.FromMilliseconds(500));
        worker.Give();
        supervisor.Read().ShouldNotBe(first);
        supervisor.Forget();
        supervisor.Read().ShouldBeNull();
        Directory.Delete(Path.GetDirectoryName(file)!);
    }

    private static DateTime Sign(int second) => DateTime.UnixEpoch.AddSeconds(second);

    private bool Looks(DateTime? sign, int looks) => Enumerable.Range(0, looks).Any(_ => _watch.IsStuck(sign));
}
