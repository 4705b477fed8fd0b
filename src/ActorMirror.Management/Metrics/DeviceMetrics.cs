using System.Globalization;
using ActorMirror.Management.Contracts;
using Prometheus;

namespace ActorMirror.Management.Metrics;

/// <summary>
/// The device as Prometheus text. Each picture is made of values that stand ready, from a registry of its own, so that nothing of an object that is gone
/// is left in it; and not more than once a second, however many ask. No table is walked.
/// </summary>
public sealed class DeviceMetrics(IDeviceView view, TimeProvider time) : IDisposable
{
    /// <summary>What Prometheus expects of the text format.</summary>
    public const string ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim drawing = new(1);
    private (long At, byte[] Text)? last;

    public async ValueTask<ReadOnlyMemory<byte>> TextAsync(CancellationToken cancellation)
    {
        await drawing.WaitAsync(cancellation);
        try
        {
            if (last is { } known && time.GetElapsedTime(known.At) < Freshness) return known.Text;
            var at = time.GetTimestamp();
            var text = await DrawAsync(cancellation);
            last = (at, text);
            return text;
        }
        finally
        {
            drawing.Release();
        }
    }

    public void Dispose() => drawing.Dispose();

    private async Task<byte[]> DrawAsync(CancellationToken cancellation)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        var picture = new Picture(Prometheus.Metrics.WithCustomRegistry(registry));
        var (status, measured) = (view.Status(), view.Measure());
        DeviceFigures.Draw(picture, status, view.Devices(), measured);
        TrafficFigures.Draw(picture, status, view.VirtualServers(), view.Snats());
        MirrorFigures.Draw(picture, view.Mirrors());
        KernelFigures.Draw(picture, measured);
        using var memory = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(memory, cancellation);
        return memory.ToArray();
    }
}

/// <summary>Metrics with their labels, each made where its first value is known.</summary>
internal sealed class Picture(IMetricFactory factory)
{
    public const string Prefix = "actormirror_";

    public static readonly string[] None = [];

    /// <param name="name">Without <see cref="Prefix"/>; base units, no <c>_total</c>.</param>
    public Action<double, string[]> Gauge(string name, string help, params string[] labels)
    {
        var gauge = factory.CreateGauge(Prefix + name, help, labels);
        return labels.Length == 0 ? (value, _) => gauge.Set(value) : (value, at) => gauge.WithLabels(at).Set(value);
    }

    /// <param name="name">Without <see cref="Prefix"/>; ends in <c>_total</c>.</param>
    public Action<double, string[]> Counter(string name, string help, params string[] labels)
    {
        var counter = factory.CreateCounter(Prefix + name, help, labels);
        return labels.Length == 0 ? (value, _) => counter.IncTo(value) : (value, at) => counter.WithLabels(at).IncTo(value);
    }

    /// <summary>1 for the state that is, 0 for the others.</summary>
    public static void States<T>(Action<double, string[]> gauge, T now, params string[] labels)
        where T : struct, Enum
    {
        foreach (var state in Enum.GetValues<T>()) gauge(Flag(state.Equals(now)), [.. labels, Word(state)]);
    }

    /// <summary>The same word as in JSON.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    public static double Flag(bool value) => value ? 1 : 0;

    public static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
