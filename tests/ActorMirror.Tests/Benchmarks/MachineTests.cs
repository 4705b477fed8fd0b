using ActorMirror.Benchmarks.Machine;
using ActorMirror.Benchmarks.Peers;

namespace ActorMirror.Tests.Benchmarks;

/// <summary>What the kernel and its tools print, as the benchmarks read it.</summary>
public sealed class MachineTests
{
    [Fact]
    public void Processor_time_is_read_where_the_machine_accounts_it()
    {
        const string V1 = "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0";
        const string V2 = "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0";

        CpuHierarchy.Of(["proc /proc proc rw 0 0", V2, V1]).ShouldBe(new CpuHierarchy("/sys/fs/cgroup/cpu,cpuacct", IsV2: false), "a controller is in one hierarchy only");
        CpuHierarchy.Of([V2]).ShouldBe(new CpuHierarchy("/sys/fs/cgroup/unified", IsV2: true));
        CpuHierarchy.Of(["cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0"]).ShouldBeNull();
    }

    [Fact]
    public void Both_versions_of_control_groups_tell_their_usage()
    {
        CpuHierarchy.FromAccount("1234567800\n").ShouldBe(TimeSpan.FromTicks(12_345_678));
        CpuHierarchy.FromStat("usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n").ShouldBe(TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public void Memory_is_read_from_proc()
    {
        ConntrackLimits.Available(["MemTotal:       24683520 kB", "MemFree:  1 kB", "MemAvailable:   22780928 kB"]).ShouldBe(22_780_928L * 1024);
        ProcessMemory.Anonymous(["Name:\tdotnet", "RssAnon:\t   56320 kB", "RssFile:\t 10 kB"]).ShouldBe(56_320L * 1024);
    }

    [Fact]
    public void A_channels_bytes_are_those_of_its_socket()
    {
        const string Line = "0      0      10.30.0.1:46318      10.30.0.2:1029  ts sack cubic wscale:7,7 rto:204 rtt:0.1/0.05 bytes_sent:900 bytes_retrans:100 bytes_acked:801 "
            + "bytes_received:77 segs_out:12 segs_in:9 data_segs_out:8 send 1Gbps\n";

        var channel = ChannelBytes.Parse(Line).ShouldNotBeNull();
        channel.ShouldBe(new ChannelBytes("10.30.0.1:46318", 801, 77, 12, 9));
        channel.Payload.ShouldBe(878);
        channel.OnTheWire.ShouldBe(878 + 21 * 66);
        (channel - new ChannelBytes("10.30.0.1:46318", 1, 7, 2, 0)).ShouldBe(new ChannelBytes("10.30.0.1:46318", 800, 70, 10, 9));
        Should.Throw<Exception>(() => channel - new ChannelBytes("10.30.0.1:46319", 1, 7, 2, 0)).Message.ShouldContain("anew");
        ChannelBytes.Parse("").ShouldBeNull();
        ChannelBytes.Parse(Line + Line).ShouldBeNull("which one?");
    }

    [Fact]
    public void A_router_has_a_devices_rules_with_its_own_addresses_and_leases_that_do_not_end()
    {
        const string Rules = "set lease {\n\t\ttype mark\n\t\tflags timeout\n\t\telements = { 0xa0400000 timeout 500ms expires 432ms, 0xa0800000 expires 1s20ms }\n\t}\n"
            + "map recent {\n\t\tflags timeout\n\t\ttimeout 10s\n\t}\n10.10.0.100 . tcp . 5000 : goto vs_1\n10.20.0.254";

        KernelRouter.Adapted(Rules, "10.10.0.110", "10.20.0.5").ShouldBe(
            "set lease {\n\t\ttype mark\n\t\tflags timeout\n\t\telements = { 0xa0400000, 0xa0800000 }\n\t}\n"
            + "map recent {\n\t\tflags timeout\n\t\ttimeout 10s\n\t}\n10.10.0.110 . tcp . 5000 : goto vs_1\n10.20.0.5");
    }
}
