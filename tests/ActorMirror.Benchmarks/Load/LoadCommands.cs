using System.CommandLine;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Benchmarks.Load;

/// <summary><c>ambench load</c>: what runs on the hosts of a benchmark; for its own use.</summary>
internal static class LoadCommands
{
    public static Command Build() => new("load", "Clients and servers of the benchmarks.") { Serve(), Connect(), Ask(), Fill() };

    private static Command Serve()
    {
        var command = new Command("serve", "Answers; prints \"ready\" when its ports are open, and ends with its input.");
        command.SetAction((result, stop) =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using var server = new LoadServer();
            Console.WriteLine("ready");
            _ = Task.Run(() => EndWithInput(ending), CancellationToken.None);
            server.Run(ending.Token);
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command Connect()
    {
        var spec = new Argument<string>("spec");
        var command = new Command("storm", "Connections; prints what became of them. With keep they stay until its input ends.") { spec };
        command.SetAction((result, stop) =>
        {
            var wanted = JsonSerializer.Deserialize(result.GetValue(spec)!, LoadJson.Default.StormOrder)!;
            var storm = new Storm(new StormSpec(IPEndPoint.Parse(wanted.Target), [.. wanted.Sources.Select(IPAddress.Parse)], wanted.Total, wanted.Rate, wanted.Concurrency, wanted.Keep));
            Console.WriteLine(JsonSerializer.Serialize(storm.Run(stop), LoadJson.Default.StormReport));
            if (wanted.Keep) _ = Console.In.ReadToEnd();
            GC.KeepAlive(storm);
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command Ask()
    {
        var target = new Argument<string>("target");
        var connections = new Argument<int>("connections");
        var interval = new Argument<double>("interval-ms");
        var command = new Command("probe", "Paced requests; for each line of input what was measured since the last.") { target, connections, interval };
        command.SetAction((result, stop) =>
        {
            using var probe = new Probe(IPEndPoint.Parse(result.GetValue(target)!), result.GetValue(connections), (long)(result.GetValue(interval) * Monotonic.Millisecond));
            Console.WriteLine("ready");
            var (asked, told, over) = (0, 0, false);
            _ = Task.Run(() =>
            {
                while (Console.In.ReadLine() is not null) Interlocked.Increment(ref asked);
                Volatile.Write(ref over, true);
            }, CancellationToken.None);
            probe.Run(() =>
            {
                if (told < Volatile.Read(ref asked))
                {
                    told++;
                    Console.WriteLine(JsonSerializer.Serialize(probe.Report(), LoadJson.Default.ProbeReport));
                }

                return !Volatile.Read(ref over) && !stop.IsCancellationRequested;
            });
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command Fill()
    {
        var target = new Argument<string>("target");
        var connections = new Argument<int>("connections");
        var seconds = new Argument<double>("seconds");
        var command = new Command("bulk", "Sends all it can; prints bytes per second.") { target, connections, seconds };
        command.SetAction((result, _) =>
        {
            Console.WriteLine(Bulk.Run(IPEndPoint.Parse(result.GetValue(target)!), result.GetValue(connections), TimeSpan.FromSeconds(result.GetValue(seconds))));
            return Task.FromResult(0);
        });
        return command;
    }

    private static async Task EndWithInput(CancellationTokenSource ending)
    {
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Only the end of the input means something.
        }

        await ending.CancelAsync();
    }
}

/// <summary>A <see cref="StormSpec"/> on a command line.</summary>
internal sealed record StormOrder(string Target, IReadOnlyList<string> Sources, int Total, double Rate = 0, int Concurrency = 32, bool Keep = false);

[JsonSerializable(typeof(StormOrder))]
[JsonSerializable(typeof(StormReport))]
[JsonSerializable(typeof(ProbeReport))]
internal sealed partial class LoadJson : JsonSerializerContext;
