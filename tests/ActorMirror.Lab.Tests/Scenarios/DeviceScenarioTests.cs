using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Runs;
using ActorMirror.Lab.Scenarios;

namespace ActorMirror.Lab.Tests.Scenarios;

/// <summary>Scenarios with real daemons on the real kernel.</summary>
public sealed class DeviceScenarioTests
{
    [PrivilegedTheory]
    [InlineData("failover.conf")]
    [InlineData("shared-host.conf")]
    public async Task Every_expectation_holds(string file)
    {
        var scenario = ScenarioReader.Read(Clone.Path("hocon", "scenarios", file));
        var progress = new StringWriter();

        var report = await ScenarioRunner.RunAsync(scenario, new PlainView(progress), CancellationToken.None);

        report.Problems.ShouldBeEmpty(progress.ToString());
        report.Faults.ShouldAllBe(f => f.Ok, progress.ToString());
        report.Faults.Count.ShouldBe(scenario.Steps.Count(s => s.Fault is not null));
    }
}
