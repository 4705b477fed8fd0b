using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.Namespaces;

public sealed class NetworkNamespaceTests
{
    [NamespaceFact]
    public void A_namespace_is_made_once_seen_by_ip_and_removed()
    {
        var name = $"{TestNetwork.Own}-made";
        NetworkNamespace.Exists(name).ShouldBeFalse();
        using (NetworkNamespace.OpenOrCreate(name))
        {
            NetworkNamespace.Exists(name).ShouldBeTrue();
        }

        var inode = Inode(name);
        using (NetworkNamespace.OpenOrCreate(name)) Inode(name).ShouldBe(inode, "an existing namespace is opened, not replaced");
        TestNetwork.Run("ip netns list").ShouldContain(name);
        TestNetwork.Run("ip -brief link", name).Trim().ShouldStartWith("lo");

        NetworkNamespace.Delete(name);
        NetworkNamespace.Exists(name).ShouldBeFalse();
        TestNetwork.Run("ip netns list").ShouldNotContain(name);
        NetworkNamespace.Delete(name);
    }

    [NamespaceFact]
    public void A_file_that_no_namespace_is_mounted_on_is_used_again()
    {
        var name = $"{TestNetwork.Own}-stale";
        TestNetwork.Run($"touch /run/netns/{name}");
        Should.Throw<DirectoryNotFoundException>(() => NetworkNamespace.Open(name));
        using (NetworkNamespace.OpenOrCreate(name)) TestNetwork.Run("ip -brief link", name).ShouldContain("lo");
        NetworkNamespace.Delete(name);
    }

    [NamespaceFact]
    public void Making_a_namespace_leaves_this_process_where_it_is()
    {
        var before = File.ReadAllText("/proc/thread-self/net/dev");
        var name = $"{TestNetwork.Own}-other";
        TestNetwork.Run("ip link add here type bridge");
        using (NetworkNamespace.OpenOrCreate(name)) TestNetwork.Run("ip link show here");
        File.ReadAllText("/proc/thread-self/net/dev").ShouldContain("here");
        before.ShouldNotContain("here");
    }

    [Fact]
    public void A_name_that_is_no_file_name_is_refused()
    {
        foreach (var name in (string[])["", " ", ".", "..", "../proc/1/ns/net", "a/b"])
            Should.Throw<ArgumentException>(() => NetworkNamespace.Open(name), name);
    }

    [NamespaceFact]
    public void A_missing_namespace_is_named_in_the_error() =>
        Should.Throw<DirectoryNotFoundException>(() => NamespaceThread.Enter("am-none")).Message.ShouldContain("'am-none'");

    [NamespaceFact]
    public void Links_move_there_and_back()
    {
        var name = $"{TestNetwork.Own}-data";
        using var target = NetworkNamespace.OpenOrCreate(name);
        using var inside = NamespaceThread.Enter(name);
        using var outside = NamespaceThread.Enter(null);
        using var here = NetworkLinks.Open(outside);
        using var there = NetworkLinks.Open(inside);
        TestNetwork.Run("ip link add ext type veth peer name wire");

        here.MoveTo("ext", target);
        here.Exists("ext").ShouldBeFalse();
        there.Find("ext").IsUp.ShouldBeFalse();

        using var own = NetworkNamespace.OpenOwn();
        there.MoveTo("ext", own);
        there.Exists("ext").ShouldBeFalse();
        here.Exists("ext").ShouldBeTrue();
    }

    private static string Inode(string name) => TestNetwork.Run($"stat -L -c %i /run/netns/{name}");
}
