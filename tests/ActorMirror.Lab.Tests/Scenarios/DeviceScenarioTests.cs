using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Tests.Devices;

namespace ActorMirror.Lab.Tests.Scenarios;

/// <summary>Scenarios with real daemons on the real kernel.</summary>
public sealed class DeviceScenarioTests
{
    [PrivilegedFact]
    public async Task Daemons_survive_what_failover_conf_does_and_start_no_foreign_program()
    {
        // Found by the search path or called by its own.
        var programs = new ExecMonitor(c => Path.GetFileName(c.Split(' ')[0]) == "dotnet" && c.Contains("actormirrord.dll") && !c.Contains("actormirrord.dll worker"));
        using (programs) await RunAsync("failover.conf");

        programs.IsIncomplete.ShouldBeFalse("a program could have been missed");
        programs.Roots.ShouldBe(4, "three devices, one of them started twice");
        programs.Programs.Count.ShouldBeGreaterThanOrEqualTo(8, "each starts a worker and corosync");
        programs.Programs.ShouldAllBe(c => c.Contains("actormirrord.dll worker") || c.StartsWith("corosync ") || c.Contains("/corosync "));
    }

    [PrivilegedFact]
    public Task A_connection_table_that_somebody_empties_loses_no_connection() => RunAsync("flush.conf");

    [PrivilegedFact]
    public Task Connections_over_IPv6_survive_what_ipv6_conf_does() => RunAsync("ipv6.conf");

    [PrivilegedFact]
    public Task Connections_that_servers_open_outwards_survive_what_snat_conf_does() => RunAsync("snat.conf");

    [PrivilegedFact]
    public Task Files_on_their_way_by_FTP_arrive_through_what_ftp_conf_does() => RunAsync("ftp.conf");

    [PrivilegedFact]
    [Trait("Category", "Nightly")]
    public Task Files_on_their_way_by_FTP_arrive_through_every_fault_over_both_families() => RunAsync("ftp-faults.conf");

    [PrivilegedFact]
    public Task Telnet_ssh_iperf3_and_dig_go_on_through_what_programs_conf_does() => RunAsync("programs.conf");

    [PrivilegedFact]
    [Trait("Category", "Nightly")]
    public Task Telnet_ssh_iperf3_and_dig_go_on_through_every_fault() => RunAsync("programs-long.conf");

    // Nightly: ForeignObjectTests holds the same, and more, in less time.
    [PrivilegedFact]
    [Trait("Category", "Nightly")]
    public Task A_data_plane_in_the_hosts_namespace_leaves_what_is_not_its_own_alone() => RunAsync("shared-host.conf");

    [PrivilegedFact]
    [Trait("Category", "Nightly")]
    public Task Devices_on_one_processor_come_together_after_each_of_many_cuts() => RunAsync("merges.conf");

    private static async Task RunAsync(string file)
    {
        var scenario = ScenarioReader.Read(Clone.Path("hocon", "scenarios", file));
        var progress = new StringWriter();

        var report = await ScenarioRunner.RunAsync(scenario, new PlainView(progress), CancellationToken.None);

        report.Problems.ShouldBeEmpty(progress.ToString());
        report.Faults.ShouldAllBe(f => f.Ok, progress.ToString());
        report.Faults.Count.ShouldBe(scenario.Steps.Count(s => s.Fault is not null));
    }
}
