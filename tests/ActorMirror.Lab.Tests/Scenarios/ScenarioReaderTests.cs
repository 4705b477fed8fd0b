using ActorMirror.Lab.Scenarios;

namespace ActorMirror.Lab.Tests.Scenarios;

public sealed class ScenarioReaderTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public static TheoryData<string> Files => [.. Clone.Scenarios()];

    public void Dispose() => File.Delete(_file);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_scenario_of_the_clone_is_read(string file)
    {
        var scenario = ScenarioReader.Read(file);

        scenario.Steps.ShouldNotBeEmpty();
        if (scenario.Configuration is { } configuration) File.Exists(configuration).ShouldBeTrue();
    }

    [Fact]
    public void The_demo_has_every_fault()
    {
        var demo = ScenarioReader.Read(Clone.Path("hocon", "scenarios", "demo.conf"));

        demo.Steps.Select(s => s.Fault).OfType<FaultKind>().Distinct().Order().ShouldBe(Enum.GetValues<FaultKind>());
        demo.Traffic!.Flows.Values.Where(f => f.Mirrored && f.Protocol == Lab.Traffic.FlowProtocol.Tcp).Sum(f => f.Count).ShouldBeGreaterThanOrEqualTo(500);
        demo.Traffic.Flows.Values.Where(f => f.Protocol == Lab.Traffic.FlowProtocol.Udp).Sum(f => f.Count).ShouldBe(100);
    }

    [Fact]
    public void Durations_and_sections_are_understood()
    {
        var scenario = Read("""
            name = x
            hosts { h { links { eth0 { segment = external, address = "10.0.0.1/24" } } } }
            traffic { host = h, flows { f { target = "10.0.0.2:1", interval = 250 ms, protocol = udp, count = 3 } } }
            steps = [{ fault = kill-daemon, device = a, observe = 2 s, expect { max-lost = 0, max-gap = 1.7 s } }]
            """);

        var flow = scenario.Traffic!.Flows["f"].Spec("f");
        (flow.IntervalMs, flow.Count, flow.Protocol).ShouldBe((250, 3, Lab.Traffic.FlowProtocol.Udp));
        var step = scenario.Steps.Single();
        (step.Fault, step.Observe, step.Expect!.MaxGap).ShouldBe((FaultKind.KillDaemon, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1.7)));
    }

    [Theory]
    [InlineData("name = x, hosts { h { links {}, gatewy = \"1.1.1.1\" } }", "gatewy")]
    [InlineData("name = x, steps = [{ fault = kill-demon }]", "kill-demon")]
    [InlineData("name = x, steps = [{ fault = heal, start = [a] }]", "exactly one verb")]
    [InlineData("name = x, steps = [{ device = a }]", "exactly one verb")]
    [InlineData("name = x, steps = [{ pause = often }]", "duration")]
    [InlineData("name = x, steps = [", ":1:")]
    public void What_is_wrong_is_told(string text, string told) =>
        Should.Throw<ScenarioException>(() => Read(text)).Message.ShouldContain(told);

    private Scenario Read(string text)
    {
        File.WriteAllText(_file, $"scenario {{ {text}\n }}");
        return ScenarioReader.Read(_file);
    }
}
