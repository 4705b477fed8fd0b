using System.Text.Json;
using System.Threading.Channels;

namespace ActorMirror.Lab.Traffic;

/// <summary>Drives a client by lines of JSON: commands on stdin, one answer each on stdout.</summary>
internal sealed class TrafficConsole
{
    // A runner waits for each answer before it sends the next command; more than this is a mistake and waits in the pipe.
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(16) { SingleReader = true, SingleWriter = true });
    private readonly TextReader _input;
    private readonly TextWriter _output;

    private TrafficConsole(TextReader input, TextWriter output) => (_input, _output) = (input, output);

    /// <summary>Serves until the input ends or <c>stop</c> is read.</summary>
    public static void Serve(TrafficClient client, TextReader input, TextWriter output, CancellationToken stop)
    {
        var console = new TrafficConsole(input, output);
        _ = Task.Run(console.ReadAsync, CancellationToken.None);
        client.Run(c => !stop.IsCancellationRequested && console.Turn(c));
    }

    private async Task ReadAsync()
    {
        while (await _input.ReadLineAsync() is { } line) await _lines.Writer.WriteAsync(line);
        _lines.Writer.Complete();
    }

    private bool Turn(TrafficClient client)
    {
        if (!_lines.Reader.TryRead(out var line)) return !_lines.Reader.Completion.IsCompleted;

        TrafficReply reply;
        try
        {
            var command = JsonSerializer.Deserialize(line, TrafficJson.Default.TrafficCommand);
            if (command is null or { Command: "stop" }) return false;
            reply = Execute(client, command);
        }
        catch (Exception e) when (e is JsonException or FormatException or System.Net.Sockets.SocketException)
        {
            reply = new TrafficReply { Error = e.Message };
        }

        _output.WriteLine(JsonSerializer.Serialize(reply, TrafficJson.Default.TrafficReply));
        _output.Flush();
        return true;
    }

    private static TrafficReply Execute(TrafficClient client, TrafficCommand command)
    {
        switch (command.Command)
        {
            case "open" when command.Flow is { } flow:
                client.Open(flow);
                break;
            case "window":
                client.BeginWindow();
                break;
            case "fault":
                client.Fault(command.At);
                break;
            case "checkpoint":
                client.Checkpoint();
                break;
            case "progress":
                break;
            case "connections":
                return new TrafficReply { Connections = client.Connections() };
            case "report":
                return new TrafficReply { Report = client.Report(), Progress = client.Progress() };
            default:
                return new TrafficReply { Error = $"unknown command \"{command.Command}\"" };
        }

        return new TrafficReply { Progress = client.Progress() };
    }
}
