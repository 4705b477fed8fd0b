using System.Net;
using System.Net.Sockets;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Tests.Namespaces;

public sealed class NamespaceThreadTests
{
    [NamespaceFact]
    public async Task A_socket_stays_where_it_was_opened_and_pool_threads_stay_outside()
    {
        var data = TestNetwork.Add("data");
        using var thread = NamespaceThread.Enter(data);
        var own = Where();
        thread.Run(Where).ShouldNotBe(own);
        Where().ShouldBe(own);

        using var listener = thread.Run(() =>
        {
            var opened = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            opened.Bind(new IPEndPoint(IPAddress.Loopback, 7001));
            opened.Listen();
            return opened;
        });
        var places = new System.Collections.Concurrent.ConcurrentBag<string>();
        for (var i = 0; i < 20; i++)
        {
            var accepting = Task.Run(async () =>
            {
                using var accepted = await listener.AcceptAsync();
                places.Add(Where());
            });
            using var client = thread.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await client.ConnectAsync(IPAddress.Loopback, 7001);
            places.Add(Where());
            await accepting;
        }

        places.Count.ShouldBe(40);
        places.ShouldAllBe(place => place == own);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Should.Throw<SocketException>(() => stranger.Connect(IPAddress.Loopback, 7001)).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [NamespaceFact]
    public void Many_callers_at_once_each_get_their_own_answer()
    {
        using var thread = NamespaceThread.Enter(TestNetwork.Add("data"));
        var inside = thread.Run(Where);
        Parallel.For(0, 200, i => thread.Run(() => (i, Where())).ShouldBe((i, inside)));
    }

    [NamespaceFact]
    public void An_exception_is_thrown_at_the_caller_and_the_thread_goes_on()
    {
        using var thread = NamespaceThread.Enter(TestNetwork.Add("data"));
        Should.Throw<InvalidDataException>(() => thread.Run(() => throw new InvalidDataException("no"))).Message.ShouldBe("no");
        thread.Run(() => thread.Run(() => 7)).ShouldBe(7, "a call from inside runs in place");
    }

    [Fact]
    public void Without_a_namespace_it_runs_on_the_callers_thread()
    {
        using var thread = NamespaceThread.Enter(null);
        thread.Name.ShouldBeNull();
        thread.Run(() => Environment.CurrentManagedThreadId).ShouldBe(Environment.CurrentManagedThreadId);
    }

    private static string Where() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!;
}
