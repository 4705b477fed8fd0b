using Spectre.Console;

namespace ActorMirror.Lab.Reports;

/// <summary>On a terminal: the table grows while the run goes on, its caption says what happens now.</summary>
internal sealed class LiveView(LiveDisplayContext display) : IRunView
{
    private readonly List<FaultReport> _faults = [];

    public static Task<T> ShowAsync<T>(Func<IRunView, Task<T>> work) => AnsiConsole.Live(FaultTable.Build([])).StartAsync(d => work(new LiveView(d)));

    public void Phase(string text) => display.UpdateTarget(FaultTable.Build(_faults, text));

    public void Fault(FaultReport report)
    {
        _faults.Add(report);
        Phase(report.Name);
    }

    public void Output(string command, string text) => Phase($"{command}: {text.TrimEnd()}");
}
