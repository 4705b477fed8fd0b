using ActorMirror.Cli;
using ActorMirror.Management.Contracts;
using ActorMirror.Tests.Management;
using Spectre.Console;

namespace ActorMirror.Tests.Cli;

/// <summary>amctl over the network: the same commands, with a token and TLS.</summary>
public sealed class RemoteTests
{
    [Fact]
    public async Task What_is_shown_needs_no_token_and_what_changes_does()
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        var ca = $"--ca {api.CertificateFile}";
        (await RunAsync(api, $"cluster show {ca}")).Output.ShouldContain("Device a");
        (await RunAsync(api, $"connection show --limit 1 --after 1 {ca}")).Output.ShouldContain("40001");
        (await RunAsync(api, $"traffic-group force-standby tg1 {ca}", 1)).Error.ShouldContain("this needs a token of role operator");
        var token = Token(api, ApiRole.Operator);
        (await RunAsync(api, $"traffic-group force-standby tg1 {ca} --token-file {token}")).Output.ShouldBe("tg1 is active on b\n");
        (await RunAsync(api, $"audit show {ca} --token-file {token}")).Output.ShouldContain("force-standby");
        (await RunAsync(api, $"token list {ca} --token-file {token}", 1)).Error.ShouldContain("this needs role admin");
    }

    [Fact]
    public async Task Tokens_are_made_into_a_file_for_its_owner_listed_and_revoked()
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        var admin = $"--ca {api.CertificateFile} --token-file {Token(api, ApiRole.Admin)}";
        var file = Path.Combine(api.Folder, "ci.token");
        (await RunAsync(api, $"token create ci --role viewer --days 30 --out {file} {admin}")).Output.ShouldBeEmpty();
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        api.Tokens.Find(File.ReadAllText(file).Trim()).ShouldNotBeNull().Name.ShouldBe("ci");
        (await RunAsync(api, $"token list {admin}")).Output.ShouldContain("ci");
        (await RunAsync(api, $"token create again --role viewer --out {file} {admin}", 2)).Error.ShouldContain("exists");
        api.Tokens.All.Length.ShouldBe(2);
        (await RunAsync(api, $"token create ci --role viewer --out {file}.2 {admin}", 1)).Error.ShouldContain("already");
        File.Exists(file + ".2").ShouldBeFalse();
        (await RunAsync(api, $"token revoke ci {admin}")).Output.ShouldContain("token ci is revoked");
        (await RunAsync(api, $"token revoke ci {admin}", 1)).Error.ShouldContain("there is no token 'ci'");
        (await RunAsync(api, $"token create shown --role viewer {admin}")).Output.ShouldStartWith("amt_");
    }

    [Fact]
    public async Task An_unknown_authority_is_refused_before_a_token_is_sent()
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        await using var other = await FakeApi.StartAsync(tls: true);
        var token = Token(api, ApiRole.Admin);
        (await RunAsync(api, $"cluster show --token-file {token}", 2)).Error.ShouldContain("--ca FILE");
        (await RunAsync(api, $"cluster show --token-file {token} --ca {other.CertificateFile}", 2)).Error.ShouldContain("is not of the authority");
    }

    [Fact]
    public async Task What_cannot_be_is_said_with_exit_code_2()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        var token = Token(api, ApiRole.Admin);
        (await RunAsync(api, $"cluster show --token-file {token}", 2)).Error.ShouldContain("sent over https only");
        (await RunAsync(api, $"cluster show --token-file {token}x --ca {token}", 2)).Code.ShouldBe(2);
        (await RunAsync("--remote nonsense cluster show", 2)).Error.ShouldContain("no URL of a device");
        (await RunAsync("--remote https://127.0.0.1:1 --socket /x cluster show", 2)).Error.ShouldContain("not both");
        (await RunAsync($"--token-file {token} cluster show", 2)).Error.ShouldContain("are of --remote");
        (await RunAsync("--remote http://127.0.0.1:1 cluster show", 2)).Error.ShouldContain("does not answer");
    }

    [Fact]
    public async Task A_token_that_others_may_read_is_used_with_a_warning()
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        var token = Token(api, ApiRole.Viewer);
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        (await RunAsync(api, $"cluster show --ca {api.CertificateFile} --token-file {token}")).Error.ShouldContain("chmod 600");
    }

    private static string Token(FakeApi api, ApiRole role)
    {
        var file = Path.Combine(api.Folder, $"{role}.token");
        File.WriteAllText(file, api.NewToken(role, $"my-{role}") + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(FakeApi api, string command, int expected = 0) =>
        RunAsync($"{command} --remote {api.Address.GetLeftPart(UriPartial.Authority)}", expected);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string command, int expected)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 400;
        var code = await AmctlCommand.Create(console, output, error).Parse(command).InvokeAsync();
        code.ShouldBe(expected, $"{command}: {output}{error}");
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
