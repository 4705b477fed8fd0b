using System.Threading.Channels;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.Links;

public sealed class LinkMonitorTests
{
    private readonly Channel<LinkEvent> _events = Channel.CreateBounded<LinkEvent>(1000);

    [NamespaceFact]
    public async Task What_is_there_and_what_changes_is_reported()
    {
        TestNetwork.Run("ip link add ext type veth peer name wire && ip link set ext up && ip link set wire up && ip address add 10.10.0.1/24 dev ext");
        using var thread = NamespaceThread.Enter(null);
        using var monitor = Start(thread);
        await Until(found => found is LinkEvent.LinkChanged { Link: { Name: "ext", HasCarrier: true } });
        await Until(found => found is LinkEvent.AddressAdded added && added.Address.ToString() == "10.10.0.1/24");

        TestNetwork.Run("ip link set wire down");
        await Until(found => found is LinkEvent.LinkChanged { Link: { Name: "ext", IsUp: true, HasCarrier: false } });
        TestNetwork.Run("ip link set wire up");
        await Until(found => found is LinkEvent.LinkChanged { Link: { Name: "ext", HasCarrier: true } });
        TestNetwork.Run("ip address add 10.10.0.100/32 dev ext");
        await Until(found => found is LinkEvent.AddressAdded added && added.Address.Address == MappedAddress.FromV4(0x0a0a0064));
        TestNetwork.Run("ip address del 10.10.0.100/32 dev ext");
        await Until(found => found is LinkEvent.AddressRemoved removed && removed.Address.Address == MappedAddress.FromV4(0x0a0a0064));
        TestNetwork.Run("ip link del ext");
        await Until(found => found is LinkEvent.LinkRemoved { Link.Name: "ext" });
    }

    [NamespaceFact]
    public async Task It_watches_the_namespace_it_was_given_and_outlives_a_callback_that_throws()
    {
        var data = TestNetwork.Add("data");
        using var thread = NamespaceThread.Enter(data);
        var failures = Channel.CreateBounded<Exception>(1000);
        using var monitor = LinkMonitor.Start(
            thread,
            found =>
            {
                _events.Writer.TryWrite(found).ShouldBeTrue();
                throw new InvalidDataException("the callback's own");
            },
            failure => failures.Writer.TryWrite(failure));
        await Until(found => found is LinkEvent.LinkChanged { Link.Name: "lo" });
        (await failures.Reader.ReadAsync()).ShouldBeOfType<InvalidDataException>();
        TestNetwork.Run("ip link add inside type bridge", data);
        await Until(found => found is LinkEvent.LinkChanged { Link.Name: "inside" });
    }

    private LinkMonitor Start(NamespaceThread thread) =>
        LinkMonitor.Start(thread, found => _events.Writer.TryWrite(found), failure => _events.Writer.TryComplete(failure));

    /// <summary>Reads on to the event; the run's own time limit ends a wait in vain.</summary>
    private async Task Until(Func<LinkEvent, bool> wanted)
    {
        while (!wanted(await _events.Reader.ReadAsync()))
        {
        }
    }
}
