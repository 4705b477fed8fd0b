using ActorMirror.Benchmarks.Figures;
using ActorMirror.Benchmarks.Load;
using ActorMirror.Benchmarks.Machine;
using ActorMirror.Benchmarks.Sites;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Reports;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>
/// What a connection costs the mirror channel from its first change to its last, acknowledgements and all else that is said meanwhile included: real
/// connections that open, close and are forgotten by the kernel, counted on the channel's own socket.
/// </summary>
internal sealed class WireBenchmark : IBenchmark
{
    private const double Rate = 1_000;

    public string Name => "wire";

    public string Description => "bytes on the mirror channel of a connection's whole life";

    public async Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop)
    {
        var count = options.ConnectionsOr(20_000);
        var plain = await MeasureAsync(count, "mirroring.plain-text = on", view, stop);
        var tls = await MeasureAsync(count, "mirroring.plain-text = off", view, stop);
        return new BenchmarkReport(Name,
        [
            Row.Of("payload of the channel per connection, both directions, plain text", "B", plain.Payload / (double)count) with { Bar = "≤ 120 B" },
            Row.Of("the same with the headers of Ethernet, IP and TCP", "B", plain.OnTheWire / (double)count),
            Row.Of("payload of the channel per connection, both directions, TLS", "B", tls.Payload / (double)count),
            Row.Of("the same with the headers of Ethernet, IP and TCP, TLS", "B", tls.OnTheWire / (double)count),
        ]);
    }

    private static async Task<ChannelBytes> MeasureAsync(int count, string settings, IRunView view, CancellationToken stop)
    {
        await using var site = await Site.OpenAsync("pair.conf", view, stop, settings);
        var active = await site.ActiveAsync();
        string[] places = [.. site.Cluster.Devices.Select(d => site.Network.DataPlane(d.Name))];
        foreach (var place in places) await Site.RememberAsync(place, 2, stop); // the last change of a connection is that the kernel forgets it
        var sources = await site.AddClientAddressesAsync(20, 4, stop);
        await site.Load.StormAsync("client", new StormOrder(Site.Echo, sources, 1_000, Rate), stop);
        await OverAsync(active, places, stop);

        var port = (await Site.GroupAsync(active))!.Port;
        var before = await ChannelBytes.ReadAsync(site.Network.Host(active.Name), port);
        view.Phase($"{count} connections, {Rate} per second, {settings}");
        await site.Load.StormAsync("client", new StormOrder(Site.Echo, sources, count, Rate), stop);
        await OverAsync(active, places, stop);
        return await ChannelBytes.ReadAsync(site.Network.Host(active.Name), port) - before;
    }

    private static async Task OverAsync(LabDevice active, string[] places, CancellationToken stop)
    {
        await Site.ForgottenAsync(places, stop);
        await Site.UntilAsync(active, g => g.Mirror is { LagChanges: 0, State: MirrorChannelState.InSync }, TimeSpan.FromMinutes(1), stop);
    }
}
