using System.Security.Cryptography;
using ActorMirror.Cluster.Corosync.Daemon;
using ActorMirror.Domain.Devices;
using ActorMirror.Tests.Cluster;

namespace ActorMirror.Kernel.Tests.Cluster;

/// <summary>Devices 1 to N with real corosync, each in a namespace of its own, with a bridge for each cluster link. In a <see cref="NamespaceFactAttribute"/> only.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("am-cluster-");
    private readonly TestDevice[] _devices;

    private TestCluster(int count, int links)
    {
        File.WriteAllBytes(Path.Combine(_directory.FullName, "authkey"), RandomNumberGenerator.GetBytes(256));
        for (var link = 0; link < links; link++) TestNetwork.Run($"ip link add links{link} type bridge && ip link set links{link} up");
        _devices = [.. Enumerable.Range(1, count).Select(id =>
        {
            var network = TestNetwork.Add($"d{id}");
            for (var link = 0; link < links; link++)
            {
                TestNetwork.Run($"ip link add {Port(id, link)} type veth peer name cl{link} netns {network} && ip link set {Port(id, link)} master links{link} up");
                TestNetwork.Run($"ip address add 10.99.{link}.{id}/24 dev cl{link} && ip link set cl{link} up", network);
            }

            return new TestDevice(id, count, links, network, Path.Combine(_directory.FullName, $"d{id}"));
        })];
    }

    public TestDevice this[int id] => _devices[id - 1];

    /// <summary>All daemons and workers run, and every worker has seen the view of all of them.</summary>
    public static async Task<TestCluster> StartAsync(int count, int links = 1)
    {
        var cluster = new TestCluster(count, links);
        try
        {
            await Task.WhenAll(cluster._devices.Select(device => device.StartSupervisorAsync()));
            await Task.WhenAll(cluster._devices.Select(device => device.StartWorkerAsync()));
            var all = string.Join(',', Enumerable.Range(1, count));
            foreach (var device in cluster._devices) await device.Worker.ExpectAsync("view ", $"quorate=True members={all} ");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the workers that live now were told keeps the contract of every engine.</summary>
    public void CheckContract() => ClusterContract.Check(
        _devices.ToDictionary(device => new DeviceId(device.Id), device => ClusterLines.Parse(device.Worker.Told())), _devices.Length);

    public static void Cut(int device, int link = 0) => TestNetwork.Run($"ip link set {Port(device, link)} down");

    public static void Heal(int device, int link = 0) => TestNetwork.Run($"ip link set {Port(device, link)} up");

    private static string Port(int device, int link) => $"port{device}-{link}";

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices) await device.DisposeAsync();
        LeakedSharedMemory.Delete();
        _directory.Delete(recursive: true);
    }
}
