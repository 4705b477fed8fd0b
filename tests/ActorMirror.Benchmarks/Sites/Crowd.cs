using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Benchmarks.Sites;

/// <summary>
/// Very many connections on the active device: made in its kernel by ctnetlink, after the picture of one that a client opened, from addresses of the
/// benchmark network 198.18.0.0/15 (RFC 2544). The device hears of each by the kernel's event, as of any other; only clients and servers, whose sockets would
/// need more memory than this is about, are missing.
/// </summary>
internal sealed class Crowd(Site site)
{
    private const int PortsOfAddress = 50_000;
    private const int FirstPort = 10_000;
    private const int AtOnce = 1_000;

    // So many may be on the way to the device's table: its receive buffer holds some ten thousand events.
    private const int Ahead = 10_000;

    private static readonly UInt128 FirstAddress = ((UInt128)0xffff << 32) | 0xC612_0000; // ::ffff:198.18.0.0
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Longer than any benchmark: the active's own entries end by their time-out.
    private const uint LifetimeSeconds = 86_400;

    public int Count { get; private set; }

    /// <summary>Makes them until there are so many, and waits until all are acknowledged by the mirror.</summary>
    /// <exception cref="CommandException">There is no connection to make them after.</exception>
    public async Task GrowAsync(LabDevice active, int count, CancellationToken stop)
    {
        using var thread = NamespaceThread.Enter(site.Network.DataPlane(active.Name));
        using var table = thread.Run(ConntrackTable.Open);
        var model = Model(table);
        var batch = new ConntrackBatch();
        var others = ((await Site.GroupAsync(active))?.Counts.Owned ?? 0) - Count;
        while (Count < count)
        {
            batch.Clear();
            for (var end = Math.Min(count, Count + AtOnce); Count < end; Count++) batch.Create(Like(model, Count), LifetimeSeconds);
            if (table.Execute(batch) > 0) throw new CommandException($"the kernel refused a connection: {batch.Failures[0].Errno}");
            if (Count % Ahead == 0) await Site.UntilAsync(active, g => g.Counts.Owned - others > Count - Ahead, Patience, stop);
        }

        await Site.ProtectedAsync(active, Count, TimeSpan.FromMinutes(3), stop);
    }

    private static ConntrackEntry Like(in ConntrackEntry model, int number)
    {
        var address = FirstAddress + (uint)(number / PortsOfAddress);
        var port = (ushort)(FirstPort + number % PortsOfAddress);
        return model with
        {
            Original = model.Original with { Source = address, SourcePort = port },
            Reply = model.Reply with { Destination = address, DestinationPort = port },
        };
    }

    private static ConntrackEntry Model(ConntrackTable table)
    {
        ConntrackEntry? model = null;
        table.Dump(FlowMark.Ours, FlowMark.OursMask, entries =>
        {
            foreach (ref readonly var entry in entries)
            {
                if (entry.Tcp.State == TcpState.Established) model = entry;
            }
        });
        return model ?? throw new CommandException("there is no established connection on the active device to make others after");
    }
}
