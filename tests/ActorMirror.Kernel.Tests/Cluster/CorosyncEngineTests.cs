using System.Diagnostics;

namespace ActorMirror.Kernel.Tests.Cluster;

/// <summary>The engine on three real corosyncs. Figures are printed, never judged.</summary>
public sealed class CorosyncEngineTests
{
    [NamespaceFact]
    public async Task A_command_reaches_every_device_in_the_same_order()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        const int Each = 50;
        for (var i = 0; i < Each; i++)
        {
            for (var id = 1; id <= 3; id++) cluster[id].Worker.Order($"send {id}-{i}");
        }

        var orders = new List<List<string>>();
        for (var id = 1; id <= 3; id++)
        {
            var order = new List<string>();
            while (order.Count < 3 * Each) order.Add((await cluster[id].Worker.ExpectAsync("command ")).Text);
            orders.Add(order);
        }

        orders[1].ShouldBe(orders[0]);
        orders[2].ShouldBe(orders[0]);
        orders[0].Distinct(StringComparer.Ordinal).Count().ShouldBe(3 * Each);
        cluster.CheckContract();
    }

    [NamespaceFact]
    public async Task The_largest_command_arrives_whole()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        cluster[1].Worker.Order("send-large 65536");
        cluster[1].Worker.Order("send-large 262144");
        for (var id = 1; id <= 3; id++)
        {
            await cluster[id].Worker.ExpectAsync("command 1 65536 bytes, equal=True");
            await cluster[id].Worker.ExpectAsync("command 1 262144 bytes, equal=True");
        }
        cluster.CheckContract();
    }

    [NamespaceFact]
    public async Task A_killed_worker_is_reported_as_its_process_and_fenced_by_its_supervisor()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var killed = Stopwatch.GetTimestamp();
        await cluster[3].Worker.KillAsync();
        var seen = await cluster[1].Worker.ExpectAsync("view ", "members=1,2 joined= left=3:ProcessDown");
        Console.WriteLine($"worker killed: view elsewhere after {seen.MillisecondsSince(killed):F1} ms");
        await cluster[2].Worker.ExpectAsync("view ", "members=1,2 joined= left=3:ProcessDown");

        cluster[3].Supervisor.Order($"fence {cluster[3].WorkerProcessId}");
        await cluster[3].Supervisor.ExpectAsync("fenced");
        await cluster[1].Worker.ExpectAsync("fenced 3");
        await cluster[2].Worker.ExpectAsync("fenced 3");

        await cluster[3].StartWorkerAsync();
        await cluster[3].Worker.ExpectAsync("view ", "members=1,2,3 joined=3");
        await cluster[1].Worker.ExpectAsync("view ", "members=1,2,3 joined=3");
        cluster.CheckContract();
    }

    [NamespaceFact]
    public async Task A_worker_that_stops_in_order_is_reported_as_left()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        cluster[3].Worker.Order("stop");
        await cluster[1].Worker.ExpectAsync("view ", "members=1,2 joined= left=3:Left");
        await cluster[2].Worker.ExpectAsync("view ", "members=1,2 joined= left=3:Left");
    }

    [NamespaceFact]
    public async Task A_minority_never_sees_a_quorate_view_and_merges_back()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var cut = Stopwatch.GetTimestamp();
        TestCluster.Cut(3);
        var majority = await cluster[1].Worker.ExpectAsync("view ", "members=1,2 joined= left=3:DeviceDown");
        majority.Text.ShouldContain("quorate=True");
        Console.WriteLine($"link cut: view of the majority after {majority.MillisecondsSince(cut):F0} ms");

        var minority = await cluster[3].Worker.ExpectAsync("view ");
        minority.Text.ShouldContain("quorate=False members=3 joined= left=1:DeviceDown,2:DeviceDown");
        Console.WriteLine($"link cut: view of the minority after {minority.MillisecondsSince(cut):F0} ms");
        await cluster[3].Worker.ExpectLeaseAsync("renewed=False");

        TestCluster.Heal(3);
        await cluster[1].Worker.ExpectAsync("view ", "quorate=True members=1,2,3 joined=3 left=");
        await cluster[3].Worker.ExpectAsync("view ", "quorate=True members=1,2,3 joined=1,2 left=");
        await cluster[3].Worker.ExpectLeaseAsync("renewed=True");
        cluster.CheckContract();
    }

    [NamespaceFact]
    public async Task A_command_that_was_sent_into_a_breaking_ring_is_dropped()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        TestCluster.Cut(3);

        // The token is lost but nobody knows yet: corosync takes these and orders them in the next ring.
        for (var i = 0; i < 20; i++) cluster[3].Worker.Order($"send stale-{i}");
        await cluster[3].Worker.ExpectAsync("view ", "quorate=False members=3 ");
        cluster[3].Worker.Order("send fresh");

        // One token hold of commands may have come back in the old ring, before the view; none may come behind it.
        (await cluster[3].Worker.ExpectAsync("command ")).Text.ShouldBe("command 3 fresh");
        TestCluster.Heal(3);
        await cluster[3].Worker.ExpectAsync("view ", "members=1,2,3 ");
        cluster[3].Worker.Order("send merged");
        (await cluster[3].Worker.ExpectAsync("command ")).Text.ShouldBe("command 3 merged");
        (await cluster[1].Worker.ExpectAsync("command 3 merged")).Text.ShouldNotBeNull();
        cluster[1].Worker.Told().Count(line => line.Contains("fresh", StringComparison.Ordinal)).ShouldBe(0);
        cluster.CheckContract();
    }

    [NamespaceFact]
    public async Task A_dead_corosync_is_told_and_started_again()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var killed = Stopwatch.GetTimestamp();
        Process.GetProcessById(cluster[3].CorosyncProcessId).Kill();
        await cluster[3].Worker.ExpectAsync("lost");
        var seen = await cluster[1].Worker.ExpectAsync("view ", "members=1,2 joined= left=3:DeviceDown");
        Console.WriteLine($"corosync killed: view elsewhere after {seen.MillisecondsSince(killed):F0} ms");
        await cluster[3].Worker.ExpectAsync("view ", "quorate=True members=1,2,3 joined=");
        await cluster[1].Worker.ExpectAsync("view ", "members=1,2,3 joined=3");
        cluster.CheckContract();
    }

    [NamespaceFact]
    public async Task A_worker_that_reads_no_more_loses_its_lease_and_its_place()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        cluster[3].Worker.Order("pause");
        await cluster[3].Worker.ExpectAsync("paused");
        for (var i = 0; i < 1200; i++)
        {
            cluster[1].Worker.Order($"send flood-{i}");
            if ((await cluster[1].Worker.ExpectAsync("sent ")).Text == "sent False") i--;
        }

        // Out of the group without a word, as a dead process would be: corosync must not keep its messages for ever.
        await cluster[1].Worker.ExpectAsync("view ", "members=1,2 joined= left=3:");
        cluster[3].Worker.Order("resume");
        await cluster[3].Worker.ExpectAsync("lost");
        await cluster[3].Worker.ExpectAsync("view ", "members=1,2,3 joined=3");
        cluster.CheckContract();
    }

    [NamespaceFact]
    public async Task A_killed_supervisor_leaves_corosync_to_the_next_one()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var daemon = cluster[3].CorosyncProcessId;
        await cluster[3].KillSupervisorAsync();
        await cluster[3].StartSupervisorAsync();
        cluster[3].CorosyncProcessId.ShouldBe(daemon);
        cluster[1].Worker.Order("send here");
        await cluster[3].Worker.ExpectAsync("command 1 here");
        cluster.CheckContract();
    }
}
