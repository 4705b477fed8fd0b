namespace ActorMirror.Lab.Reports;

/// <summary>Where a run shows what it does.</summary>
internal interface IRunView
{
    void Phase(string text);

    void Fault(FaultReport report);

    void Output(string command, string text);
}
