using ActorMirror.Configuration;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Tests.Node;

/// <summary>Two devices without an arbiter: only on purpose, and never unseen.</summary>
public sealed class UnsafePairTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("am-pair-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_daemon_does_not_start_one_that_is_not_allowed_and_says_how_to()
    {
        var file = Path.Combine(folder, "pair.conf");
        var pair = await File.ReadAllTextAsync(Repository.Path("hocon", "pair.conf"));
        await File.WriteAllTextAsync(file, pair.Replace("allow-unsafe-pair = on", "allow-unsafe-pair = off"));
        var (code, output) = await Daemon.RunAsync(file, folder);
        code.ShouldBe(1);
        output.ShouldContain("two devices without an arbiter cannot tell a dead peer from a cut network");
        output.ShouldContain("set cluster.allow-unsafe-pair = on");
        Directory.Exists(Path.Combine(folder, "state")).ShouldBeFalse("nothing was touched");
    }

    [Fact]
    public void Only_two_devices_of_a_cluster_are_one()
    {
        var pair = Load("pair.conf");
        pair.IsUnsafePair.ShouldBeTrue();
        Load("three-devices.conf").IsUnsafePair.ShouldBeFalse();
        Load("standalone.conf").IsUnsafePair.ShouldBeFalse();

        // A third member that no HA order names is an arbiter.
        var arbiter = pair.Devices[0] with { Id = new DeviceId(3), Name = "c" };
        (pair with { Devices = pair.Devices.Add(arbiter) }).IsUnsafePair.ShouldBeFalse();
    }

    private static DeviceGroupModel Load(string name) => ConfigurationLoader.Load(Repository.Path("hocon", name)).Model!;
}
