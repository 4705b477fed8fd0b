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

    public Option<string?> Remote { get; } = new("--remote")
    {
        Description = "A device over the network instead of the control socket, by its management API.",
        HelpName = "https://ADDRESS:8558",
        Recursive = true,
    };

    public Option<string?> TokenFile { get; } = new("--token-file")
    {
        Description = "The file that holds the token for --remote (see 'amctl token create').",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string?> Authority { get; } = new("--ca")
    {
        Description = "The authority that certificates of --remote must be of, in PEM, such as the group's ca.crt; otherwise those this system trusts.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<int?> Every { get; } = new("--watch")
    {
        Description = "Show it again every so many seconds, until interrupted: amctl traffic-group show --watch 2",
        HelpName = "SECONDS",
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
        (parsed, stop) => WithDevice(parsed, async device =>
        {
            if (parsed.GetValue(Every) is not { } seconds) return Print(parsed, await device.GetAsync(path(parsed), type, stop), table);
            using var again = new PeriodicTimer(TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 3600)));
            do
            {
                var report = await device.GetAsync(path(parsed), type, stop);
                if (console.Profile.Capabilities.Ansi && !parsed.GetValue(Json)) console.Clear();
                Print(parsed, report, table);
            }
            while (await again.WaitForNextTickAsync(stop));
            return AmctlCommand.Done;
        });

    public async Task<int> WithDevice(ParseResult parsed, Func<DeviceClient, Task<int>> action)
    {
        try
        {
            using var device = Connect(parsed);
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

    private DeviceClient Connect(ParseResult parsed)
    {
        var (remote, socket) = (parsed.GetValue(Remote), parsed.GetValue(Socket));
        if (remote is null && (parsed.GetValue(TokenFile) ?? parsed.GetValue(Authority)) is not null)
            throw new DeviceUnreachableException("--token-file and --ca are of --remote: the control socket needs neither");
        if (remote is not null && socket is not null) throw new DeviceUnreachableException("give --remote or --socket, not both");
        return remote is null ? DeviceClient.Connect(socket) : RemoteDevice.Connect(remote, parsed.GetValue(TokenFile), parsed.GetValue(Authority), error);
    }

    public int Print<T>(ParseResult parsed, T report, Action<T> table)
    {
        if (parsed.GetValue(Json)) output.WriteLine(JsonSerializer.Serialize(report, s_readable.GetTypeInfo(typeof(T))!));
        else table(report);
        return AmctlCommand.Done;
    }
}
