using System.Text.Json;
using ActorMirror.Cli;
using ActorMirror.Trust;
using Spectre.Console;

namespace ActorMirror.Tests.Cli;

/// <summary>The way of an operator from the first device of a group to the second, with files only.</summary>
public sealed class TrustCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Init_on_the_first_device_join_on_the_second()
    {
        var config = Repository.Path("hocon", "three-devices.conf");
        (await Run($"trust init --config {config} --device a --state-dir {State("a")}")).Output.ShouldContain("authority ");
        (await Run($"trust join request {File("request")} --config {config} --device b --state-dir {State("b")}")).Output.ShouldContain("device b (id 2) of group dg1");
        (await Run($"trust join sign {File("request")} {File("answer")} --state-dir {State("a")}")).Output.ShouldContain("has certificate ");
        (await Run($"trust join install {File("answer")} --state-dir {State("b")}")).Output.ShouldContain("trusts authority ");
        TrustMaterial.Load(new TrustFiles(State("b"))).Identity.Name.ShouldBe("b");

        var shown = await Run($"trust show --state-dir {State("a")}");
        shown.Output.ShouldContain("authority, signs here");
        shown.Output.ShouldContain("issued");
        using var json = JsonDocument.Parse((await Run($"trust show --state-dir {State("a")} --json")).Output);
        json.RootElement.GetProperty("issued").GetArrayLength().ShouldBe(2);
        json.RootElement.GetProperty("holdsAuthorityKey").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_and_has_exit_code_1()
    {
        var config = Repository.Path("hocon", "three-devices.conf");
        await Run($"trust init --config {config} --device a --state-dir {State("a")}");
        await RefusedAsync($"trust init --config {config} --device a --state-dir {State("a")}", "has an authority already");
        await RefusedAsync($"trust join install {Repository.Path("hocon", "README.md")} --state-dir {State("b")}", "waits for no answer");
        await RefusedAsync($"trust join sign {config} {File("answer")} --state-dir {State("a")}", "no request");
        await RefusedAsync($"trust init --config {File("missing.conf")} --state-dir {State("c")}", "amctl config check");
        var (code, _, error) = await Run($"trust join sign {File("missing")} {File("answer")} --state-dir {State("a")}", 2);
        code.ShouldBe(2);
        error.ShouldContain("missing");
        (await Run($"trust show --state-dir {State("b")}")).Output.ShouldContain("amctl trust init");
    }

    private async Task RefusedAsync(string command, string because) => (await Run(command, 1)).Error.ShouldContain(because);

    private string State(string device) => Path.Combine(_folder, device);

    private string File(string name) => Path.Combine(_folder, name);

    private static async Task<(int Code, string Output, string Error)> Run(string command, int expected = 0)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 300;
        var code = await AmctlCommand.Create(console, output, error).Parse(command).InvokeAsync();
        code.ShouldBe(expected, error.ToString());
        return (code, output.ToString(), error.ToString());
    }
}
