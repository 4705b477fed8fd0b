namespace ActorMirror.Kernel.Tests.Cluster;

/// <summary>The state of the cluster links, read from real corosyncs.</summary>
public sealed class ClusterLinkTests
{
    [NamespaceFact]
    public async Task One_link_of_two_that_is_cut_is_shown_down_then_up_and_no_view_changes()
    {
        await using var cluster = await TestCluster.StartAsync(3, links: 2);
        for (var id = 1; id <= 3; id++) await ExpectAsync(cluster[id], "up,up,up,up");
        var views = Views(cluster[1]);

        TestCluster.Cut(3, link: 1);
        await ExpectAsync(cluster[1], "up,up,up,down");
        await ExpectAsync(cluster[3], "up,down,up,down");
        TestCluster.Heal(3, link: 1);
        await ExpectAsync(cluster[1], "up,up,up,up");
        await ExpectAsync(cluster[3], "up,up,up,up");
        Views(cluster[1]).ShouldBe(views);
        cluster.CheckContract();
    }

    [NamespaceFact]
    public async Task Links_are_unknown_while_corosync_hangs_and_nobody_waits_for_it()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await ExpectAsync(cluster[1], "up");
        TestNetwork.Run($"kill -STOP {cluster[1].CorosyncProcessId}");
        await ExpectAsync(cluster[1], "unknown");
        await ExpectAsync(cluster[2], "down");
        TestNetwork.Run($"kill -CONT {cluster[1].CorosyncProcessId}");
        await ExpectAsync(cluster[1], "up");
        await ExpectAsync(cluster[2], "up");
    }

    /// <summary>A question while corosync synchronises its services makes it spin: see <see cref="ActorMirror.Cluster.Corosync.ClusterLinkMonitor"/>.</summary>
    [NamespaceFact]
    public async Task Corosync_is_asked_only_when_an_own_heartbeat_has_just_come_back()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await ExpectAsync(cluster[1], "up");
        cluster[1].Worker.Order("silent");
        await ExpectAsync(cluster[1], "unknown");
        await ExpectAsync(cluster[2], "up");
        cluster[1].Worker.Order("loud");
        await ExpectAsync(cluster[1], "up");
    }

    private static async Task ExpectAsync(TestDevice device, string state)
    {
        device.Worker.Order($"links {state}");
        await device.Worker.ExpectAsync($"links {state}");
    }

    private static IEnumerable<string> Views(TestDevice device) => [.. device.Worker.Told().Where(line => line.StartsWith("view ", StringComparison.Ordinal))];
}
