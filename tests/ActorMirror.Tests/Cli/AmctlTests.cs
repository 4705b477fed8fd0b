using System.Text.Json;
using ActorMirror.Cli;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Tokens;
using ActorMirror.Tests.Management;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace ActorMirror.Tests.Cli;

/// <summary>amctl against a real control socket with a scripted device behind it.</summary>
public sealed class AmctlTests : IAsyncLifetime
{
    private readonly FakeDevice _device = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("am-cli-").FullName;
    private ManagementServer? _server;

    private string Socket => Path.Combine(_folder, "a.sock");

    public async Task InitializeAsync() => _server = await ManagementServer.StartAsync(
        Socket, new DeviceApi(_device, _device, new TokenStore(Path.Combine(_folder, "a.tokens"), TimeProvider.System), new ListAudit(), TimeProvider.System), NullLoggerFactory.Instance);

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("cluster show", "UNSAFE PAIR", "no-mirror tg1", "start another device", "8.3")]
    [InlineData("cluster show", "10.98.0.2", "DOWN", "2026-03-04 05:06:07Z", "640 ms ago", "UNKNOWN", "never")]
    [InlineData("device show", "a (this)", "SUSPECT", "external", "DIFFERS", "no-mirror tg1")]
    [InlineData("traffic-group show", "active", "498", "512 ms", "device-down", "tg1 is held: failures moved it 3 times")]
    [InlineData("traffic-group show", "resumed 498 of 501; lost: 2 mirroring-off, 1 not-acknowledged; last word 120 ms before, unacknowledged for 3.0 ms")]
    [InlineData("traffic-group show", "tg1 is active on a: an operator took c offline; next-active b: the score of b is 37, that of c 12")]
    [InlineData("traffic-group explain tg1", "active on a, next-active b, epoch 8.3", "method: ha-group", "took c offline", "that of c 12", "if a fails it moves to b", "3/10", "50", "40")]
    [InlineData("device show", "OFFLINE")]
    [InlineData("device offline c", "device c is offline")]
    [InlineData("device release c", "device c is released")]
    [InlineData("failover history", "device-down", "498", "501", "2 mirroring-off", "not known", "was not heard")]
    [InlineData("failover rehearse tg1", "move to b: 498 of 500", "2 would be lost", "b has lost VLAN external", "2 (mirroring-off)", "40001", "vs[2]", "0 of 2", "on ext0")]
    [InlineData("connection explain tcp 10.10.0.9:40000 -> 10.10.0.100:5000", "ratio: 3 of 4", "mirrored by b", "12 s", "goes on on b")]
    [InlineData("virtual-server show", "vs[1]", "10.20.0.11:5000", "up", "375")]
    [InlineData("snat show", "out", "10.20.0.0/24", "internal", "automap", "10.10.0.254", "tg1", "on", "7")]
    [InlineData("connection show", "10.10.0.9:40000", "mirror-table-full", "from 10.20.0.254:40001", "2 of 2")]
    [InlineData("mirror show", "outgoing", "in-sync", "1029", "1030", "sent 77", "acked 10", "2 changes, 64 bytes, 1.5 ms", "2026-03-04 05:06:07Z the mirror was silent for 1 s", "primary", "3 ghosts, 1 missing, 0 wrong")]
    [InlineData("persistence show", "vs1", "source-address", "10.10.0.0/24", "10.20.0.11:5000 of web", "12 s", "180 s of 180 s", "2", "yes", "1 (there are more: --limit) of 2", "3 clients were not remembered")]
    [InlineData("persistence show --virtual-server shop --client 10.10.0.7 --limit 5", "shop")]
    [InlineData("trust revoke 4F:01", "4F:01 is revoked")]
    public async Task A_table_shows_what_the_device_says(string command, params string[] expected)
    {
        var (code, output, error) = await Run(command);
        error.ShouldBeEmpty();
        code.ShouldBe(0);
        foreach (var text in expected) output.ShouldContain(text);
    }

    [Theory]
    [InlineData("cluster show", "unsafePair")]
    [InlineData("device show", "failedVlans")]
    [InlineData("device show", "alarms")]
    [InlineData("cluster show", "alarms")]
    [InlineData("cluster show", "clusterLinks")]
    [InlineData("traffic-group show", "leaseRemainingMs")]
    [InlineData("traffic-group show", "placement")]
    [InlineData("traffic-group explain tg1", "placement")]
    [InlineData("device show", "haScores")]
    [InlineData("failover history", "loss")]
    [InlineData("failover rehearse tg1", "obstacles")]
    [InlineData("connection explain tcp 10.10.0.9:40000 -> 10.10.0.100:5000", "copyAgeMs")]
    [InlineData("virtual-server show", "destination")]
    [InlineData("snat show", "translations")]
    [InlineData("connection show", "connections")]
    [InlineData("persistence show", "refused")]
    [InlineData("mirror show", "sequenceAcked")]
    [InlineData("mirror show", "repaired")]
    [InlineData("mirror show", "lagBytes")]
    public async Task Json_is_what_the_device_says(string command, string property)
    {
        var (code, output, _) = await Run(command + " --json");
        code.ShouldBe(0);
        using var json = JsonDocument.Parse(output);
        var root = json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement[0] : json.RootElement;
        root.TryGetProperty(property, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task The_status_survives_its_JSON_whole()
    {
        var (_, output, _) = await Run("cluster show --json");
        var read = JsonSerializer.Deserialize(output, ManagementJson.Default.StatusReport).ShouldNotBeNull();
        JsonSerializer.Serialize(read, ManagementJson.Default.StatusReport).ShouldBe(JsonSerializer.Serialize(_device.Status(), ManagementJson.Default.StatusReport));
        output.ShouldContain("\"role\": \"active\"");
        output.ShouldContain("\"state\": \"in-sync\"");
    }

    [Fact]
    public async Task Only_mirrored_connections_are_listed_on_demand()
    {
        var (_, output, _) = await Run("connection show --mirrored --limit 5 --traffic-group tg1");
        output.ShouldContain("40000");
        output.ShouldNotContain("40001");
        output.ShouldContain("1 of 1");
        output.ShouldNotContain("--after");
    }

    [Fact]
    public async Task A_long_list_goes_on_where_the_page_before_ended()
    {
        var (_, first, _) = await Run("connection show --limit 1");
        first.ShouldContain("40000");
        first.ShouldContain("1 of 2\nmore: --after 1\n");
        var (_, last, _) = await Run("connection show --limit 1 --after 1");
        last.ShouldContain("40001");
        last.ShouldNotContain("more");
    }

    [Fact]
    public async Task Force_standby_moves_the_group_once_and_is_then_refused_with_the_reason()
    {
        (await Run("traffic-group force-standby tg1 --to b")).ShouldBe((0, "tg1 is active on b\n", ""));
        _device.Active.ShouldBe("b");
        (await Run("traffic-group force-standby tg1")).ShouldBe((1, "", "no other device is fit to be active\n"));
        (await Run("traffic-group force-standby tg9")).ShouldBe((1, "", "there is no such traffic group\n"));
        (await Run("traffic-group explain tg9")).ShouldBe((1, "", "there is no traffic group 'tg9'\n"));
        (await Run("device offline z")).ShouldBe((1, "", "there is no device 'z'\n"));
        (await Run("connection show --traffic-group tg9")).ShouldBe((1, "", "there is no traffic group tg9\n"));
    }

    [Fact]
    public async Task A_resync_is_begun_on_demand_or_refused_with_the_reason()
    {
        (await Run("mirror resync tg1")).ShouldBe((0, "traffic group tg1 is being resynced\n", ""));
        (await Run("mirror resync tg9")).ShouldBe((1, "", "there is no such traffic group\n"));
    }

    [Fact]
    public async Task Persistence_records_are_deleted_as_they_are_named_and_all_of_them_only_on_demand()
    {
        var (code, output, _) = await Run("persistence delete --client 10.10.0.7 --mode source-address --member 10.20.0.11 --pool web --virtual-server vs1 --key 10.10.0.7 --traffic-group tg1");
        (code, output).ShouldBe((0, "1 persistence records deleted: PersistenceQuery { TrafficGroup = tg1, VirtualServer = vs1, Pool = web, Member = 10.20.0.11, "
            + "Mode = source-address, Client = 10.10.0.7, Key = 10.10.0.7 }\n"));
        (await Run("persistence delete")).Code.ShouldBe(1);
        (await Run("persistence delete --all")).ShouldBe((1, "", "this device is not active for any traffic group: records are deleted where they are made\n"));
        (await Run("persistence show --client nonsense")).ShouldBe((1, "", "'nonsense' is no IPv4 or IPv6 address\n"));
    }

    [Fact]
    public async Task A_device_that_does_not_run_is_told_with_exit_code_2()
    {
        var (code, output, error) = await Run("cluster show", Path.Combine(_folder, "none.sock"));
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain("none.sock: the device does not answer");
    }

    [Fact]
    public void The_only_socket_is_found_and_of_several_one_must_be_named()
    {
        DeviceClient.OnlySocket(_folder).ShouldBe(Socket);
        File.WriteAllText(Path.Combine(_folder, "b.sock"), "");
        Should.Throw<DeviceUnreachableException>(() => DeviceClient.OnlySocket(_folder)).Message.ShouldContain("choose one with --socket");
        Should.Throw<DeviceUnreachableException>(() => DeviceClient.OnlySocket(Path.Combine(_folder, "x"))).Message.ShouldContain("no device runs here");
    }

    [Fact]
    public void The_control_socket_is_for_owner_and_group_only() =>
        File.GetUnixFileMode(Socket).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);

    [Fact]
    public async Task Config_check_says_what_is_wrong_and_how_much()
    {
        var broken = Path.Combine(_folder, "broken.conf");
        await File.WriteAllTextAsync(broken, "actormirror { device = a, pols { } }");
        var (code, output, _) = await Run($"config check {broken} --json");
        code.ShouldBe(1);
        using var json = JsonDocument.Parse(output);
        var paths = json.RootElement.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()).ToList();
        paths.ShouldContain("actormirror.pols");

        (code, _, var error) = await Run($"config check {broken}");
        code.ShouldBe(1);
        error.ShouldContain("broken.conf:1: error: actormirror.pols");
        (await Run($"config check {Path.Combine(_folder, "missing.conf")}")).Code.ShouldBe(2);
    }

    private async Task<(int Code, string Output, string Error)> Run(string command, string? socket = null)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 400;
        var code = await AmctlCommand.Create(console, output, error).Parse($"{command} --socket {socket ?? Socket}").InvokeAsync();
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
