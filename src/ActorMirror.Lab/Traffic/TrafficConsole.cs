using System.Text.Json;
using System.Threading.Channels;

namespace ActorMirror.Lab.Traffic;

/// <summary>
/// Drives a client by lines of JSON: commands on stdin, one answer each on stdout. Reading, writing and the JSON between are done beside
/// the client's own thread: hundreds of connections described there would be a silence on every one of them.
/// </summary>
internal sealed class TrafficConsole
{
    // A runner waits for each answer before it sends the next command; more than this is a mistake and waits in the pipe.
    private const int Room = 16;

    private readonly Channel<TrafficCommand> _commands = Channel.CreateBounded<TrafficCommand>(new BoundedChannelOptions(Room) { SingleReader = true });
    private readonly Channel<TrafficReply> _replies = Channel.CreateBounded<TrafficReply>(new BoundedChannelOptions(Room) { SingleReader = true });

    private TrafficConsole()
    {
    }

    /// <summary>Serves until the input ends or <c>stop</c> is read.</summary>
    public static void Serve(TrafficClient client, TextReader input, TextWriter output, CancellationToken stop)
    {
        var console = new TrafficConsole();
        _ = Task.Run(() => console.ReadAsync(input), CancellationToken.None);
        _ = Task.Run(() => console.WriteAsync(output), CancellationToken.None);
        client.Run(c => !stop.IsCancellationRequested && console.Turn(c));
    }

    private async Task ReadAsync(TextReader input)
    {
        while (await input.ReadLineAsync() is { } line)
        {
            try
            {
                var command = JsonSerializer.Deserialize(line, TrafficJson.Default.TrafficCommand);
                if (command is null or { Command: "stop" }) break;
                await _commands.Writer.WriteAsync(command);
            }
            catch (JsonException e)
            {
                await _replies.Writer.WriteAsync(new TrafficReply { Error = e.Message });
            }
        }

        _commands.Writer.Complete();
    }

    private async Task WriteAsync(TextWriter output)
    {
        try
        {
            await foreach (var reply in _replies.Reader.ReadAllAsync())
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(reply, TrafficJson.Default.TrafficReply));
                await output.FlushAsync();
            }
        }
        finally
        {
            _replies.Writer.TryComplete(); // nobody reads: the client ends with its next answer
        }
    }

    private bool Turn(TrafficClient client)
    {
        if (!_commands.Reader.TryRead(out var command)) return !_commands.Reader.Completion.IsCompleted;

        TrafficReply reply;
        try
        {
            reply = Execute(client, command);
        }
        catch (Exception e) when (e is FormatException or System.Net.Sockets.SocketException)
        {
            reply = new TrafficReply { Error = e.Message };
        }

        return _replies.Writer.TryWrite(reply);
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
            case "listen":
                client.Listen();
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
