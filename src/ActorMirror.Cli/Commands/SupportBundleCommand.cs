using System.Collections.Immutable;
using System.CommandLine;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ActorMirror.Configuration;
using ActorMirror.Doctor;

namespace ActorMirror.Cli.Commands;

/// <summary>
/// <c>support-bundle FILE</c>: what somebody far away needs to understand a device, in one archive. Only what is named here goes in: no key, no token,
/// no packet, and of connections only how many there are. What cannot be had is said in the archive, and the rest is there.
/// </summary>
internal static class SupportBundleCommand
{
    private static readonly (string Name, string Path)[] Answers =
    [
        ("status.json", "status"), ("devices.json", "devices"), ("virtual-servers.json", "virtual-servers"), ("snats.json", "snats"), ("mirror.json", "mirror"),
        ("failovers.json", "failovers?limit=200"), ("audit.json", "audit?limit=500"), ("metrics.txt", "/metrics"), ("ready.txt", "/ready"),
    ];

    public static Command Create(CommandContext context)
    {
        var target = new Argument<string>("file") { Description = "The archive to be written, a .tar.gz.", HelpName = "FILE" };
        var config = new Option<string?>("--config") { Description = "The daemon's configuration: it goes in, and so does what doctor finds.", HelpName = "FILE" };
        var device = new Option<string?>("--device") { Description = "This device's name, in place of actormirror.device in the file.", HelpName = "NAME" };
        var state = new Option<string>("--state-dir") { Description = "The daemon's state directory.", HelpName = "DIR", DefaultValueFactory = _ => "/var/lib/actormirror" };
        var command = new Command("support-bundle", "Collects what explains this device, without secrets: amctl support-bundle a.tar.gz --config /etc/actormirror/actormirror.conf")
        {
            target, config, device, state,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var files = new List<(string Name, byte[] Content)>();
            var missing = new StringBuilder();
            await context.WithDevice(parsed, async client =>
            {
                foreach (var (name, path) in Answers) files.Add((name, await AskAsync(client, path, missing, stop)));
                return AmctlCommand.Done;
            });
            if (parsed.GetValue(config) is { } file) files.AddRange(await OfConfigurationAsync(file, parsed.GetValue(device), parsed.GetRequiredValue(state), missing, stop));
            files.Add(("kernel.txt", Encoding.UTF8.GetBytes($"{Environment.OSVersion.VersionString}\n{Read("/proc/version")}{Read("/proc/loadavg")}{Read("/proc/meminfo")}")));
            if (missing.Length > 0) files.Add(("missing.txt", Encoding.UTF8.GetBytes(missing.ToString())));
            return Write(context, parsed.GetRequiredValue(target), [.. files.Where(f => f.Content.Length > 0)]);
        });
        return command;
    }

    private static async Task<byte[]> AskAsync(DeviceClient client, string path, StringBuilder missing, CancellationToken stop)
    {
        try
        {
            return await client.GetBytesAsync(path, stop);
        }
        catch (DeviceRefusedException refused)
        {
            missing.AppendLine($"{path}: {refused.Message}");
            return [];
        }
    }

    private static async Task<ImmutableArray<(string, byte[])>> OfConfigurationAsync(string file, string? device, string state, StringBuilder missing, CancellationToken stop)
    {
        var loaded = ConfigurationLoader.Load(file, device);
        var problems = ("configuration-problems.txt", Encoding.UTF8.GetBytes(string.Join('\n', loaded.Problems)));
        if (loaded.IsUnreadable) return [problems];
        var text = ("configuration.conf", await File.ReadAllBytesAsync(file, stop));
        if (loaded.Model is not { } model)
        {
            missing.AppendLine("doctor: the configuration has errors");
            return [problems, text];
        }

        var findings = await new Examination(model, Path.GetFullPath(state), TimeProvider.System).RunAsync(stop);
        return [problems, text, ("doctor.json", JsonSerializer.SerializeToUtf8Bytes(findings, DoctorJson.Default.ImmutableArrayFinding))];
    }

    private static int Write(CommandContext context, string target, ImmutableArray<(string Name, byte[] Content)> files)
    {
        try
        {
            using var stream = new FileStream(target, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            using var zipped = new GZipStream(stream, CompressionLevel.Optimal);
            using var archive = new TarWriter(zipped);
            foreach (var (name, content) in files)
                archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"support-bundle/{name}") { DataStream = new MemoryStream(content) });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine(e.Message);
            return AmctlCommand.Unreachable;
        }

        context.Output.WriteLine($"{target}: {string.Join(", ", files.Select(f => f.Name))}");
        return AmctlCommand.Done;
    }

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file) : "";
}
