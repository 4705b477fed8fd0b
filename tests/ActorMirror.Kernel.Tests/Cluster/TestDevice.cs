using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace ActorMirror.Kernel.Tests.Cluster;

/// <summary>A child process that takes orders and tells lines; see <see cref="ClusterRoles"/>.</summary>
internal sealed class RoleProcess : IAsyncDisposable
{
    // Guards against a child that hangs; no test comes near it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Channel<Line> _lines = Channel.CreateBounded<Line>(4096);

    // The heartbeats have a thread of their own, in no order with the events.
    private readonly Channel<Line> _leases = Channel.CreateBounded<Line>(4096);
    private readonly List<string> _all = [];
    private readonly string _name;

    public RoleProcess(string name, ProcessStartInfo start)
    {
        _name = name;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        _ = ReadAsync();
    }

    public void Order(string order)
    {
        _process.StandardInput.WriteLine(order);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for the next line that begins so and contains that; lines before it are passed over.</summary>
    public Task<Line> ExpectAsync(string beginning, string containing = "") => ExpectAsync(_lines, beginning, containing);

    public Task<Line> ExpectLeaseAsync(string state) => ExpectAsync(_leases, "lease ", state);

    private async Task<Line> ExpectAsync(Channel<Line> lines, string beginning, string containing)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var line = await lines.Reader.ReadAsync(patience.Token);
                if (line.Text.StartsWith(beginning, StringComparison.Ordinal) && line.Text.Contains(containing, StringComparison.Ordinal)) return line;
            }
        }
        catch (Exception missing) when (missing is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException($"{_name} never said '{beginning}…{containing}'; it said:\n{string.Join('\n', Told())}", missing);
        }
    }

    /// <summary>Everything that was told so far.</summary>
    public IReadOnlyList<string> Told()
    {
        lock (_all) return [.. _all];
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } text)
        {
            var line = text.Split(' ', 2) is [var at, var rest] && long.TryParse(at, CultureInfo.InvariantCulture, out var when)
                ? new Line(when, rest)
                : new Line(0, text);
            lock (_all) _all.Add(line.Text);
            await (line.Text.StartsWith("lease ", StringComparison.Ordinal) ? _leases : _lines).Writer.WriteAsync(line);
        }

        _lines.Writer.Complete();
        _leases.Writer.Complete();
    }

    internal readonly record struct Line(long At, string Text)
    {
        public double MillisecondsSince(long begin) => (At - begin) * 1000.0 / Stopwatch.Frequency;
    }
}

/// <summary>A device of <see cref="TestCluster"/>: a namespace with its supervisor, its corosync and its worker.</summary>
internal sealed class TestDevice(int id, int count, int links, string network, string directory) : IAsyncDisposable
{
    private RoleProcess? _supervisor;

    public int Id => id;

    public RoleProcess Worker { get; private set; } = null!;

    public RoleProcess Supervisor => _supervisor!;

    public int CorosyncProcessId { get; private set; }

    public int WorkerProcessId { get; private set; }

    public string Network => network;

    public async Task StartSupervisorAsync()
    {
        _supervisor = new RoleProcess($"supervisor {id}", Role(nameof(ClusterRoles.Supervisor)));
        CorosyncProcessId = ProcessIdOf(await _supervisor.ExpectAsync("up "));
    }

    public async Task StartWorkerAsync()
    {
        Worker = new RoleProcess($"worker {id}", Role(nameof(ClusterRoles.Worker)));
        WorkerProcessId = ProcessIdOf(await Worker.ExpectAsync("up "));
    }

    public Task KillSupervisorAsync() => _supervisor!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (Worker is not null) await Worker.DisposeAsync();
        if (_supervisor is not null) await _supervisor.DisposeAsync();
    }

    private ProcessStartInfo Role(string method)
    {
        // A /run of its own for /run/corosync.pid; the shell becomes the role, so the process is the one that is killed.
        const string Script = "mount -t tmpfs am-test /run && exec \"$0\" \"$@\"";
        return new ProcessStartInfo("nsenter",
        [
            $"--net=/run/netns/{network}", "unshare", "--mount", "--propagation", "private", "sh", "-c", Script,
            Environment.ProcessPath!, "exec", typeof(ClusterRoles).Assembly.Location, typeof(ClusterRoles).FullName!, method,
        ])
        {
            Environment =
            {
                [ClusterRoles.IdVariable] = id.ToString(CultureInfo.InvariantCulture),
                [ClusterRoles.CountVariable] = count.ToString(CultureInfo.InvariantCulture),
                [ClusterRoles.LinksVariable] = links.ToString(CultureInfo.InvariantCulture),
                [ClusterRoles.DirectoryVariable] = directory,
            },
        };
    }

    private static int ProcessIdOf(RoleProcess.Line up) => int.Parse(up.Text.Split(' ')[1], CultureInfo.InvariantCulture);
}
