using System.Diagnostics;
using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Runs;
using ActorMirror.Lab.Scenarios;

namespace ActorMirror.Lab.Tests.Runs;

/// <summary>Whatever becomes of the lab, nothing of it stays.</summary>
public sealed class TeardownTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _state = Directory.CreateTempSubdirectory("amlab-test-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [PrivilegedFact]
    public async Task Commands_run_on_their_hosts_with_readiness_exit_code_and_output()
    {
        var report = await ScenarioRunner.RunAsync(
            ScenarioReader.Read(Clone.Path("hocon", "scenarios", "commands.conf")), new PlainView(TextWriter.Null), CancellationToken.None);

        report.Problems.ShouldBeEmpty();
    }

    [PrivilegedFact]
    public async Task A_wrong_exit_code_fails_the_run()
    {
        var scenario = ScenarioReader.Read(Clone.Path("hocon", "scenarios", "commands.conf"));
        var wrong = scenario with { Commands = scenario.Commands.SetItem("refuse", scenario.Commands["refuse"] with { ExitCode = 4 }) };

        var report = await ScenarioRunner.RunAsync(wrong, new PlainView(TextWriter.Null), CancellationToken.None);

        report.Problems.ShouldHaveSingleItem().ShouldContain("ended with 1, not 4");
    }

    [PrivilegedTheory]
    [InlineData((int)Signal.Kill)]
    [InlineData((int)Signal.Interrupt)]
    [InlineData((int)Signal.Terminate)]
    public async Task After_the_end_of_the_lab_nothing_is_left(int signal)
    {
        using var lab = StartLab(_state);
        try
        {
            using var starting = new CancellationTokenSource(Patience);
            while (!Started(lab)) await Task.Delay(20, starting.Token);
            var prefix = $"am-{Path.GetFileName(Directory.GetDirectories(_state).ShouldHaveSingleItem())}-";
            var namespaces = Namespaces.All().Where(n => n.StartsWith(prefix)).ToList();
            var members = Namespaces.Members(namespaces);
            namespaces.Count.ShouldBe(3);
            members.ShouldNotBeEmpty();

            Signals.Send(lab.Id, (Signal)signal);
            await lab.WaitForExitAsync().WaitAsync(Patience);

            await ReapedAsync();
            Namespaces.All().ShouldNotContain(n => n.StartsWith(prefix));
            members.ShouldAllBe(m => !m.IsAlive);
        }
        finally
        {
            lab.Kill(); // one that did not end: its reaper needs the record, which goes with this test
            await ReapedAsync();
        }
    }

    /// <summary>Killed, its reaper does the work: it is over when the record is gone.</summary>
    private async Task ReapedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Directory.GetDirectories(_state).Length > 0) await Task.Delay(20, patience.Token);
    }

    private bool Started(Process lab)
    {
        lab.HasExited.ShouldBeFalse();
        return Directory.GetDirectories(_state) is [var run] && new FileInfo(Path.Combine(run, "long.log")) is { Exists: true };
    }

    private static Process StartLab(string state)
    {
        var scenario = Path.Combine(state, "long.conf");
        File.WriteAllText(scenario, """
            scenario {
              name = long
              hosts {
                left { links { eth0 { segment = external } } }
                right { links { eth0 { segment = external } } }
              }
              commands { long { host = right, run = "exec sleep 600", ready = "true" } }
              steps = [{ run = long }, { pause = 1 m }, { pause = 1 m }]
            }
            """);
        // A shell starts what it does not wait for with SIGINT ignored, and all that is started from there inherits it.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", typeof(Run).Assembly.Location, "run", scenario]);
        start.Environment["AMLAB_STATE"] = state;
        return Process.Start(start)!;
    }
}
