using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Reports;

/// <summary>A line per event, for logs.</summary>
internal sealed class PlainView(TextWriter output) : IRunView
{
    private readonly long _start = Monotonic.Now;

    public void Phase(string text) => Write(text);

    public void Fault(FaultReport report) =>
        Write($"  {report.Name}: {report.Survived}/{report.Eligible} survived, {report.Protected} protected, gap median {report.TcpGapMs.Median:0} ms TCP "
            + $"{report.UdpGapMs.Median:0} ms UDP, {report.UdpLost} datagrams lost{(report.Ok ? "" : "  FAILED: " + string.Join("; ", report.Problems))}");

    public void Output(string command, string text) => Write($"  {command}: {text.TrimEnd()}");

    private void Write(string text) => output.WriteLine($"{(Monotonic.Now - _start) / (double)Monotonic.Second,7:0.0} s  {text}");
}
