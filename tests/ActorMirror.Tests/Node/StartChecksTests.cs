using ActorMirror.Node.Supervisor;

namespace ActorMirror.Tests.Node;

/// <summary>A machine that lacks something is told so at once and in whole, and nothing is started.</summary>
public sealed class StartChecksTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("am-start-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Every_missing_interface_is_named_with_its_place_in_the_configuration()
    {
        var (code, output) = await Daemon.RunAsync(Configuration(), folder);
        code.ShouldBe(StartChecks.ExitCode);
        output.ShouldContain("There is no interface 'am-absent0' in the host's network namespace");
        output.ShouldContain($"actormirror.vlans.outside.interface in {Configuration()}");
        output.ShouldContain("There is no interface 'am-absent1'");
        output.ShouldContain("The notify hook /nowhere/notify.sh (actormirror.notify-hook in");
        output.ShouldContain("does not exist: role changes are told to nobody");
        output.ShouldContain("nothing was started");
        File.Exists(Path.Combine(folder, "run", "supervisor.pid")).ShouldBeFalse();
    }

    /// <summary>Root in name only, as in a container; or not even that.</summary>
    [Fact]
    public async Task Missing_privileges_are_named_with_what_gives_them()
    {
        string[] within = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"] : [];
        var (code, output) = await Daemon.RunAsync(Configuration(), folder, within);
        code.ShouldBe(StartChecks.ExitCode);
        output.ShouldContain("network namespaces: not so: a network namespace can be made and entered");
        output.ShouldContain("run as root, or with CAP_SYS_ADMIN");
        if (!Environment.IsPrivilegedProcess) output.ShouldContain("The daemon does not run as root");
    }

    private string Configuration()
    {
        var file = Path.Combine(folder, "device.conf");
        File.WriteAllText(file, """
            actormirror {
              device = a
              devices { a { id = 1, management = "192.0.2.1", mirror = "192.0.2.1" } }
              device-group { name = alone, members = [a] }
              cluster.engine = standalone
              data-plane.namespace = am-never-made
              vlans { outside { interface = am-absent0 }, inside { interface = am-absent1 } }
              self-ips {
                one { address = "10.10.0.1/24", vlan = outside, device = a }
                two { address = "10.20.0.1/24", vlan = inside, device = a }
              }
              traffic-groups { tg1 { ha-order = [a] } }
              notify-hook = "/nowhere/notify.sh"
            }
            """);
        return file;
    }
}
