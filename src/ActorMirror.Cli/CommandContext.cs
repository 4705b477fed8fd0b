using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorMirror.Management.Contracts;
using Spectre.Console;

namespace ActorMirror.Cli;

/// <summary>What every command needs: the options all share, where to write, and how a device's refusal becomes an exit code.</summary>
internal sealed class CommandContext(IAnsiConsole console, TextWriter output, TextWriter error)
{
    private static readonly ManagementJson s_readable = new(new JsonSerializerOptions(ManagementJson.Default.Options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public Option<string?> Socket { get; } = new("--socket")
    {
        Description = "The device's control socket; needed only when several devices run on this host.",
        HelpName = "PATH",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "JSON instead of tables.", Recursive = true };

    public IAnsiConsole Console => console;

    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>Asks the device for something and shows it.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> Show<T>(string path, JsonTypeInfo<T> type, Action<T> table) =>
        Show(_ => path, type, table);

    public Func<ParseResult, CancellationToken, Task<int>> Show<T>(Func<ParseResult, string> path, JsonTypeInfo<T> type, Action<T> table) =>
        (parsed, stop) => WithDevice(parsed, async device => Print(parsed, await device.GetAsync(path(parsed), type, stop), table));

    public async Task<int> WithDevice(ParseResult parsed, Func<DeviceClient, Task<int>> action)
    {
        try
        {
            using var device = DeviceClient.Connect(parsed.GetValue(Socket));
            return await action(device);
        }
        catch (DeviceRefusedException refused)
        {
            await error.WriteLineAsync(refused.Message);
            return AmctlCommand.Refused;
        }
        catch (DeviceUnreachableException unreachable)
        {
            await error.WriteLineAsync(unreachable.Message);
            return AmctlCommand.Unreachable;
        }
    }

    public int Print<T>(ParseResult parsed, T report, Action<T> table)
    {
        if (parsed.GetValue(Json)) output.WriteLine(JsonSerializer.Serialize(report, s_readable.GetTypeInfo(typeof(T))!));
        else table(report);
        return AmctlCommand.Done;
    }
}
