using ActorMirror.Lab.Scenarios;

namespace ActorMirror.Lab.Tests.Scenarios;

public sealed class ScenarioFilterTests
{
    private static readonly Scenario Two = new()
    {
        Name = "two",
        Steps =
        [
            new Step { WaitUntil = Condition.Ready },
            new Step { Fault = FaultKind.CutLinks },
            new Step { Fault = FaultKind.Heal },
            new Step { Fault = FaultKind.KillDaemon },
        ],
    };

    [Theory]
    [InlineData("cut-links", new[] { FaultKind.CutLinks, FaultKind.Heal })]
    [InlineData("kill-daemon", new[] { FaultKind.KillDaemon })]
    public void A_fault_is_kept_with_what_mends_it(string name, object kept) =>
        ScenarioFilter.Only(Two, [name]).Steps.Select(s => s.Fault).OfType<FaultKind>().ShouldBe((FaultKind[])kept);

    [Fact]
    public void An_unknown_fault_is_refused() =>
        Should.Throw<ScenarioException>(() => ScenarioFilter.Only(Two, ["cut-lines"])).Message.ShouldContain("cut-links");
}
