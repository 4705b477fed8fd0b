using ActorMirror.Kernel.Probes;

namespace ActorMirror.Kernel.Tests.Probes;

public sealed class KernelProbeTests
{
    [NamespaceFact]
    public void This_kernel_passes_and_nothing_is_left_behind()
    {
        var namespaces = TestNetwork.Run("ip netns list");
        var results = KernelProbe.Run(ipv6: true, byBytes: true, ftp: true);
        results.Where(result => !result.Ok).ShouldBeEmpty();
        results.Select(result => result.Name).ShouldBeUnique();
        TestNetwork.Run("nft list ruleset").ShouldBe("");
        var now = TestNetwork.Run("ip netns list").Split('\n').Except(namespaces.Split('\n'));
        now.Where(line => line.StartsWith(TestNetwork.Own, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [NamespaceFact]
    public void A_missing_sysctl_is_named_and_the_other_probes_are_made()
    {
        var results = KernelProbe.Run(["net.ipv4.ip_forward", "net.ipv4.no_such_thing"]);
        var failed = results.Single(result => !result.Ok);
        failed.Name.ShouldBe("sysctls");
        failed.Sentence.ShouldContain("net.ipv4.no_such_thing");
        failed.Sentence.ShouldNotContain("ip_forward");
    }

    /// <summary>Without privileges, as an ordinary user would start the daemon.</summary>
    [NamespaceFact]
    public void Without_privileges_it_says_so_and_what_needs_them_is_not_tried()
    {
        var assembly = typeof(KernelProbeTests).Assembly.Location;
        var host = Environment.ProcessPath!;
        var output = TestNetwork.Run($"setpriv --bounding-set=-all --inh-caps=-all -- {host} exec {assembly} {typeof(UnprivilegedProbe).FullName} {nameof(UnprivilegedProbe.Print)}");
        output.ShouldContain("True process handles");
        output.ShouldContain("False network namespaces");
        output.ShouldContain("Operation not permitted");
        output.ShouldContain("run as root");
        output.ShouldContain("not tried: it needs network namespaces");
    }

    [Fact]
    public void A_missing_library_is_named_with_its_package()
    {
        var result = KernelProbe.Try("libnftables", "libnftables is installed", () => throw new DllNotFoundException("Unable to load shared library"));
        result.ShouldBe(new ProbeResult("libnftables", false, "not so: libnftables is installed (libnftables.so.1 is not installed)", "apt-get install libnftables1"));
    }
}

/// <summary>Started by a test in a process of its own.</summary>
internal sealed class UnprivilegedProbe
{
    public static void Print()
    {
        foreach (var result in KernelProbe.Run()) Console.WriteLine($"{result.Ok} {result.Name}: {result.Sentence} -> {result.Remedy}");
    }
}
