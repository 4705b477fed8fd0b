using System.Text.Json;
using ActorMirror.Cli;
using Spectre.Console;

namespace ActorMirror.Tests.Cli;

public sealed class ImportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_written_config_check_finds_fine_and_the_rest_is_a_table_beside_it()
    {
        var target = Path.Combine(_folder, "out.conf");
        var (code, output, error) = await Run($"import bigip {Sample("bigip_base.conf")} {Sample("bigip.conf")} --out {target}");
        (code, output).ShouldBe((1, ""));
        error.ShouldContain("Not carried over because");
        error.ShouldContain("ltm virtual /Common/tls");
        error.ShouldContain("cluster.allow-unsafe-pair");
        (await Run($"config check {target}")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task The_configuration_goes_to_standard_output_and_the_list_as_JSON_to_standard_error()
    {
        var (code, output, error) = await Run($"import keepalived {Sample("keepalived.conf")} --json");
        code.ShouldBe(1);
        output.ShouldStartWith("# From ");
        using var json = JsonDocument.Parse(error);
        var left = json.RootElement.GetProperty("leftOut")[0];
        left.GetProperty("line").GetInt32().ShouldBeGreaterThan(0);
        left.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        json.RootElement.GetProperty("carriedOver").GetArrayLength().ShouldBeGreaterThan(3);
        json.RootElement.GetProperty("assumed").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_cannot_be_read_or_written_has_exit_code_2()
    {
        (await Run($"import bigip {Path.Combine(_folder, "missing")}")).Code.ShouldBe(2);
        var archive = Path.Combine(_folder, "x.ucs");
        await File.WriteAllBytesAsync(archive, [0x1f, 0x8b, 8, 0]);
        var (code, _, error) = await Run($"import bigip {archive}");
        code.ShouldBe(2);
        error.ShouldContain("tar xzf");
        (await Run($"import bigip {Sample("bigip.conf")} --out {Path.Combine(_folder, "none", "out.conf")}")).Code.ShouldBe(2);
    }

    private static string Sample(string name) => Repository.Path("tests", "ActorMirror.Tests", "Import", "Files", name);

    private static async Task<(int Code, string Output, string Error)> Run(string command)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        var code = await AmctlCommand.Create(console, output, error).Parse(command).InvokeAsync();
        return (code, output.ToString(), error.ToString());
    }
}
