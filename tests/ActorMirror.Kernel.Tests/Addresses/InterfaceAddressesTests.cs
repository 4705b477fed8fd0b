using System.Diagnostics;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Tests.Addresses;

public sealed class InterfaceAddressesTests : IDisposable
{
    private static readonly UInt128 V4 = MappedAddress.FromV4(0x0a0a0064);
    private static readonly UInt128 V6 = ((UInt128)0xfd10_0000_0000_0000 << 64) | 0x100;

    private readonly NamespaceThread _thread = NamespaceThread.Enter(null);
    private readonly InterfaceAddresses _addresses;

    public InterfaceAddressesTests()
    {
        _addresses = InterfaceAddresses.Open(_thread);
        if (Environment.GetEnvironmentVariable(NamespaceProcess.NameVariable) is not null) TestNetwork.Run("ip link add ext type bridge && ip link set ext up");
    }

    public void Dispose()
    {
        _addresses.Dispose();
        _thread.Dispose();
    }

    [NamespaceFact]
    public void Both_families_are_set_listed_and_removed()
    {
        _addresses.Set("ext", V4, 24);
        _addresses.Set("ext", V6, 128);
        TestNetwork.Run("ip address show ext").ShouldContain("inet 10.10.0.100/24");
        TestNetwork.Run("ip address show ext").ShouldContain("inet6 fd10::100/128");
        TestNetwork.Run("ip address show ext tentative").ShouldNotContain("fd10::100");
        _addresses.List().Select(address => address.ToString()).ShouldContain("fd10::100/128");
        var listed = _addresses.List().Single(address => address.Address == V4);
        listed.PrefixLength.ShouldBe(24);
        listed.ValidFor.ShouldBeNull();

        _addresses.Remove("ext", V4, 24).ShouldBeTrue();
        _addresses.Remove("ext", V6, 128).ShouldBeTrue();
        _addresses.Remove("ext", V4, 24).ShouldBeFalse();
        _addresses.Remove("gone", V4, 24).ShouldBeFalse();
        TestNetwork.Run("ip address show ext").ShouldNotContain("10.10.0.100");
    }

    [NamespaceFact]
    public void An_address_that_is_no_source_is_not_chosen_though_its_prefix_is_longer()
    {
        _addresses.Set("ext", V6 - 1, 64);
        _addresses.Set("ext", V6, 128, isSource: false);
        _addresses.List().Single(address => address.Address == V6).ValidFor.ShouldBeNull();
        TestNetwork.Run("ip -6 route get fd10::102 | grep -o 'src [^ ]*'").Trim().ShouldBe("src fd10::ff");
    }

    [NamespaceFact]
    public void A_lifetime_is_set_renewed_and_made_endless()
    {
        _addresses.Set("ext", V4, 32, TimeSpan.FromSeconds(100));
        _addresses.List().Single(address => address.Address == V4).ValidFor.ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromSeconds(95), TimeSpan.FromSeconds(100));
        _addresses.Set("ext", V4, 32, TimeSpan.FromSeconds(500));
        _addresses.List().Single(address => address.Address == V4).ValidFor!.Value.ShouldBeGreaterThan(TimeSpan.FromSeconds(400));
        _addresses.Set("ext", V4, 32);
        _addresses.List().Single(address => address.Address == V4).ValidFor.ShouldBeNull();
    }

    [NamespaceFact]
    public void The_kernel_takes_an_address_away_when_its_time_is_over()
    {
        var clock = Stopwatch.StartNew();
        _addresses.Set("ext", V4, 32, TimeSpan.FromMilliseconds(700));
        while (_addresses.List().Any(address => address.Address == V4))
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), "the address never went");
    }

    [NamespaceFact]
    public void Errors_name_the_interface_and_the_address()
    {
        var missing = Should.Throw<NetlinkException>(() => _addresses.Set("gone", V4, 32));
        missing.Failure.ShouldBe(NetlinkFailure.Absent);
        missing.Message.ShouldContain("'gone'");
        Should.Throw<NetlinkException>(() => _addresses.Set("ext", ((UInt128)0xff02 << 112) | 1, 128)).Message.ShouldContain("ff02::1/128 on 'ext'");
        Should.Throw<ArgumentOutOfRangeException>(() => _addresses.Set("ext", V4, 33));
    }
}
