using System.CommandLine;
using System.Net;
using System.Text.Json;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Commands;

/// <summary><c>amlab traffic</c>: the byte-exact client and server by themselves, on any host.</summary>
internal static class TrafficCommands
{
    public static Command Build() => new("traffic", "Byte-exact TCP and UDP streams.") { Server(), Client() };

    private static Command Server()
    {
        var bind = new Option<string[]>("--bind") { Description = "Address to listen on; may be repeated.", DefaultValueFactory = _ => ["0.0.0.0"] };
        var tcp = new Option<int[]>("--tcp") { Description = "TCP port; may be repeated.", AllowMultipleArgumentsPerToken = true };
        var udp = new Option<int[]>("--udp") { Description = "UDP port; may be repeated.", AllowMultipleArgumentsPerToken = true };
        var attached = new Option<bool>("--attached") { Description = "End when stdin ends: a runner that dies takes its servers along." };
        var command = new Command("server", "Answers streams; prints \"ready\" when its ports are open.") { bind, tcp, udp, attached };
        command.SetAction((result, stop) =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using var server = new TrafficServer([.. result.GetValue(bind)!.Select(IPAddress.Parse)], result.GetValue(tcp) ?? [], result.GetValue(udp) ?? []);
            Console.WriteLine("ready");
            if (result.GetValue(attached)) _ = Task.Run(() => EndWithInput(ending), CancellationToken.None);
            server.Run(ending.Token);
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command Client()
    {
        var target = new Option<string?>("--target") { Description = "address:port, or [address]:port of IPv6. Without it, commands are read from stdin as JSON lines." };
        var udp = new Option<bool>("--udp") { Description = "UDP instead of TCP." };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 1 };
        var interval = new Option<double>("--interval-ms") { Description = "Pace of each direction; 0: silent.", DefaultValueFactory = _ => 50 };
        var size = new Option<int>("--size") { Description = "Bytes of a message.", DefaultValueFactory = _ => Message.MinimumSize };
        var duration = new Option<double>("--duration-s") { DefaultValueFactory = _ => 10 };
        var command = new Command("client", "Opens streams and tells what became of them.") { target, udp, connections, interval, size, duration };
        command.SetAction((result, stop) =>
        {
            using var client = new TrafficClient();
            if (result.GetValue(target) is not { } address)
            {
                TrafficConsole.Serve(client, Console.In, Console.Out, stop);
                return Task.FromResult(0);
            }

            client.Open(new FlowSpec
            {
                Name = "cli",
                Target = address,
                Protocol = result.GetValue(udp) ? FlowProtocol.Udp : FlowProtocol.Tcp,
                Count = result.GetValue(connections),
                IntervalMs = result.GetValue(interval),
                Size = result.GetValue(size),
            });
            return Task.FromResult(RunAlone(client, (long)(result.GetValue(duration) * Monotonic.Second), stop));
        });
        return command;
    }

    /// <summary>One window over the whole run; 1 when a flow ended or stands still.</summary>
    private static int RunAlone(TrafficClient client, long duration, CancellationToken stop)
    {
        var end = Monotonic.Now + duration;
        var lastSecond = end - Monotonic.Second;
        client.Run(c =>
        {
            if (Monotonic.Now < lastSecond) return !stop.IsCancellationRequested;
            c.Fault(Monotonic.Now);
            return false;
        });
        client.Run(_ => Monotonic.Now < end && !stop.IsCancellationRequested);
        var report = client.Report();
        Console.WriteLine(JsonSerializer.Serialize(new TrafficReply { Progress = client.Progress(), Report = report }, TrafficJson.Default.TrafficReply));
        return report.All(r => r.Survived) ? 0 : 1;
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
