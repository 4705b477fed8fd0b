using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Sysctls;

namespace ActorMirror.Kernel.Tests.Sysctls;

public sealed class SysctlTests
{
    [NamespaceFact]
    public void A_value_is_written_in_its_namespace_only_and_restored()
    {
        var data = TestNetwork.Add("data");
        using var thread = NamespaceThread.Enter(data);
        Dictionary<string, string> before = [];
        var sysctls = new SysctlValues(thread, (name, value) => before.TryAdd(name, value));
        sysctls.Read("net.ipv4.ip_forward").ShouldBe("0");
        sysctls.Write("net.ipv4.ip_forward", "1");
        sysctls.Write("net.ipv4.conf.all.arp_ignore", "1");
        sysctls.Write("net.ipv4.conf.all.arp_ignore", "2");
        TestNetwork.Run("cat /proc/sys/net/ipv4/ip_forward", data).Trim().ShouldBe("1");
        TestNetwork.Run("cat /proc/sys/net/ipv4/ip_forward").Trim().ShouldBe("0");

        sysctls.Restore(before);
        TestNetwork.Run("cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/arp_ignore", data).ShouldBe("0\n0\n");
    }

    [NamespaceFact]
    public void A_value_that_is_there_already_is_not_ours_to_restore()
    {
        using var thread = NamespaceThread.Enter(null);
        List<string> overwritten = [];
        var sysctls = new SysctlValues(thread, (name, _) => overwritten.Add(name));
        TestNetwork.Run("echo 1 > /proc/sys/net/ipv4/ip_forward");
        sysctls.Write("net.ipv4.ip_forward", "1");
        overwritten.ShouldBeEmpty();
    }

    [NamespaceFact]
    public void An_interface_with_a_dot_is_written_with_slashes()
    {
        TestNetwork.Run("ip link add ext.100 type bridge");
        using var thread = NamespaceThread.Enter(null);
        var sysctls = new SysctlValues(thread);
        sysctls.Write("net/ipv4/conf/ext.100/arp_ignore", "1");
        sysctls.Read("net/ipv4/conf/ext.100/arp_ignore").ShouldBe("1");
    }

    [NamespaceFact]
    public void What_is_missing_and_what_is_refused_are_told_apart()
    {
        using var thread = NamespaceThread.Enter(null);
        var sysctls = new SysctlValues(thread);
        sysctls.Exists("net.ipv4.no_such_thing").ShouldBeFalse();
        var missing = Should.Throw<SysctlException>(() => sysctls.Write("net.ipv4.no_such_thing", "1"));
        missing.IsMissing.ShouldBeTrue();
        missing.Message.ShouldContain("net.ipv4.no_such_thing");
        var refused = Should.Throw<SysctlException>(() => sysctls.Write("net.ipv4.ip_forward", "maybe"));
        refused.IsMissing.ShouldBeFalse();
        refused.Message.ShouldContain("'maybe'");
    }

    [Fact]
    public void Only_network_sysctls_have_a_path()
    {
        foreach (var name in (string[])["kernel.hostname", "net", "net.ipv4", "net/../kernel/hostname", "net..x", "/net/ipv4/ip_forward", "net.ipv4.a/b"])
            Should.Throw<ArgumentException>(() => SysctlName.PathOf(name), name);
        SysctlName.PathOf("net.ipv4.ip_forward").ShouldBe("/proc/sys/net/ipv4/ip_forward");
        SysctlName.PathOf("net/ipv4/conf/ext.100/arp_ignore").ShouldBe("/proc/sys/net/ipv4/conf/ext.100/arp_ignore");
    }
}
