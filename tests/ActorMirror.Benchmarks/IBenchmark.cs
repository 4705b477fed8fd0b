using ActorMirror.Benchmarks.Figures;
using ActorMirror.Lab.Reports;

namespace ActorMirror.Benchmarks;

/// <summary>A measurement with a name: figures, never a verdict.</summary>
internal interface IBenchmark
{
    /// <summary>On the command line.</summary>
    string Name { get; }

    string Description { get; }

    /// <exception cref="Lab.Processes.CommandException">It could not be made, with the reason.</exception>
    /// <exception cref="TimeoutException">Something does not become as it has to be.</exception>
    Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop);
}

/// <summary>What a caller may ask for in place of a benchmark's own size; null: that.</summary>
internal sealed record BenchmarkOptions(int? Rounds, int? Connections, int? Count, int? Seed)
{
    public int RoundsOr(int standard) => Rounds ?? standard;

    public int ConnectionsOr(int standard) => Connections ?? standard;
}
