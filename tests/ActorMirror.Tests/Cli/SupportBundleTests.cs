using System.Formats.Tar;
using System.IO.Compression;
using ActorMirror.Cli;
using ActorMirror.Management.Contracts;
using ActorMirror.Tests.Management;
using Spectre.Console;

namespace ActorMirror.Tests.Cli;

public sealed class SupportBundleTests
{
    [Fact]
    public async Task It_holds_what_explains_the_device_and_nothing_secret()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        var token = api.NewToken(ApiRole.Admin);
        var file = Path.Combine(api.Folder, "a.tar.gz");
        var config = Repository.Path("hocon", "three-devices.conf");
        var (output, error) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        var code = await AmctlCommand.Create(console, output, error)
            .Parse($"support-bundle {file} --config {config} --device a --state-dir {api.Folder} --remote {api.Address.GetLeftPart(UriPartial.Authority)}").InvokeAsync();
        code.ShouldBe(0, error.ToString());
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var files = await ReadAsync(file);
        foreach (var name in (string[])["status.json", "metrics.txt", "mirror.json", "failovers.json", "configuration.conf", "doctor.json", "kernel.txt"])
            files.Keys.ShouldContain($"support-bundle/{name}");
        files["support-bundle/missing.txt"].ShouldContain("audit"); // plain HTTP shows none
        files.Values.ShouldAllBe(text => !text.Contains(token) && !text.Contains("PRIVATE KEY") && !text.Contains("10.10.0.9:40000"));
    }

    private static async Task<Dictionary<string, string>> ReadAsync(string file)
    {
        var files = new Dictionary<string, string>();
        await using var zipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        await using var archive = new TarReader(zipped);
        while (await archive.GetNextEntryAsync(copyData: true) is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream!);
            files[entry.Name] = await reader.ReadToEndAsync();
        }

        return files;
    }
}
