using System.Text.Json;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Runs;

namespace ActorMirror.Lab.Traffic;

/// <summary>A client process on a host of the lab, driven line by line. One command at a time.</summary>
internal sealed class TrafficDriver : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Clients and servers stand for machines of their own, and they measure: devices that want all of this machine must not slow them down.
    private static readonly string[] Preferred = ["nice", "-n", "-10"];

    // Where the scheduler groups processes by session (sched(7), autogroup), nice counts within a session only; between them this does.
    private const string PreferredSession = "if [ -w /proc/$$/autogroup ]; then echo -10 >/proc/$$/autogroup; fi";

    private readonly HostProcess _process;
    private readonly SemaphoreSlim _turn = new(1);

    private TrafficDriver(HostProcess process) => _process = process;

    /// <param name="processor">Where it runs (<see cref="ProcessorSplit"/>); null: anywhere.</param>
    public static TrafficDriver Start(Run run, string networkNamespace, string name, string? processor)
    {
        var process = HostProcess.Start(networkNamespace, name, [.. Preferred, .. Self.Command(["traffic", "client"])], run.Directory, Setup(processor), pipes: true);
        run.Note(process.Identity);
        return new TrafficDriver(process);
    }

    /// <summary>Starts a server and waits until its ports are open.</summary>
    public static async Task<HostProcess> StartServerAsync(
        Run run, string networkNamespace, string name, IEnumerable<int> tcp, IEnumerable<int> udp, IEnumerable<string> addresses, string? processor, CancellationToken stop)
    {
        var ports = tcp.SelectMany(p => (string[])["--tcp", $"{p}"]).Concat(udp.SelectMany(p => (string[])["--udp", $"{p}"]))
            .Concat(addresses.SelectMany(a => (string[])["--bind", a]));
        var process = HostProcess.Start(networkNamespace, name, [.. Preferred, .. Self.Command(["traffic", "server", "--attached", .. ports])], run.Directory, Setup(processor), pipes: true);
        run.Note(process.Identity);
        var line = await process.Output.ReadLineAsync(stop).AsTask().WaitAsync(Patience, stop);
        return line == "ready" ? process : throw new CommandException($"{name} did not start: {process.Tail()}");
    }

    public Task<TrafficProgress> OpenAsync(FlowSpec flow) => ProgressAsync(new TrafficCommand("open", flow));

    public Task<TrafficProgress> BeginWindowAsync() => ProgressAsync(new TrafficCommand("window"));

    public Task<TrafficProgress> ListenAsync() => ProgressAsync(new TrafficCommand("listen"));

    public Task<TrafficProgress> FaultAsync(long at) => ProgressAsync(new TrafficCommand("fault", At: at));

    public Task<TrafficProgress> CheckpointAsync() => ProgressAsync(new TrafficCommand("checkpoint"));

    public Task<TrafficProgress> ProgressAsync() => ProgressAsync(new TrafficCommand("progress"));

    public async Task<IReadOnlyList<OpenFlow>> ConnectionsAsync() => (await AskAsync(new TrafficCommand("connections"))).Connections!;

    public async Task<IReadOnlyList<FlowReport>> ReportAsync() => (await AskAsync(new TrafficCommand("report"))).Report!;

    /// <summary>
    /// Asks once for everything a measured fault asks for: what is compiled at its first use would be a silence of the traffic, and look
    /// like one of the devices.
    /// </summary>
    public async Task RehearseAsync()
    {
        await BeginWindowAsync();
        await ConnectionsAsync();
        await ListenAsync();
        await FaultAsync(Monotonic.Now);
        await CheckpointAsync();
        await ReportAsync();
    }

    public void Dispose()
    {
        _process.Dispose();
        _turn.Dispose();
    }

    private static string Setup(string? processor) => processor is null ? PreferredSession : $"{PreferredSession}\ntaskset -cp {processor} $$ >/dev/null";

    private async Task<TrafficProgress> ProgressAsync(TrafficCommand command) => (await AskAsync(command)).Progress!;

    /// <exception cref="CommandException">The client is gone, or refused.</exception>
    private async Task<TrafficReply> AskAsync(TrafficCommand command)
    {
        await _turn.WaitAsync(Patience);
        try
        {
            await _process.Input.WriteLineAsync(JsonSerializer.Serialize(command, TrafficJson.Default.TrafficCommand));
            await _process.Input.FlushAsync();
            var line = await _process.Output.ReadLineAsync().WaitAsync(Patience);
            var reply = line is null ? null : JsonSerializer.Deserialize(line, TrafficJson.Default.TrafficReply);
            if (reply is null or { Error: not null }) throw new CommandException($"{_process.Name}: {reply?.Error ?? _process.Tail()}");
            return reply;
        }
        finally
        {
            _turn.Release();
        }
    }
}
