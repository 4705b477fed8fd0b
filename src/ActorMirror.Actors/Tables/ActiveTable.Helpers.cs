using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Actors.Tables;

/// <content>
/// What the kernel's helpers do to connections (FTP). No event carries it: events only say when to look. The first look may come between the expectation and the
/// moved sequence numbers, which the kernel sets microseconds apart; so each is followed by another one with the next tick.
/// </content>
internal sealed partial class ActiveTable
{
    // A look is three questions to the kernel, 50 µs: no tick takes longer than a tenth of its interval.
    private const int LooksPerTick = 200;

    // Of these the master is known and the handshake is not through. More is a flood of SYNs, and theirs is not remembered.
    private const int MostBegun = 4096;

    private readonly Queue<FlowKey> looks = new();
    private readonly HashSet<FlowKey> isToLookAt = [];
    private readonly Dictionary<FlowKey, FlowKey> begun = [];

    /// <summary>Of a connection that is seen for the first time; null: nothing, or nothing new.</summary>
    private HelperState? HelperOf(in FlowEvent seen, ConnectionTable table) => seen.HasHelper
        ? table.TryGet(seen.Record.Original, out var view) && view.Helped is not null ? null : HelperState.Ftp
        : begun.Count > 0 && begun.Remove(seen.Record.Original, out var master) ? HelperState.ExpectedBy(master) : null;

    private void Began(in FlowKey flow, in FlowKey master)
    {
        if (begun.Count < MostBegun) begun[flow] = master;
    }

    private void LookTwice(in FlowKey key, ServiceTable services)
    {
        Look(key, services);
        LookSoon(key);
    }

    private void LookSoon(in FlowKey key)
    {
        if (isToLookAt.Add(key)) looks.Enqueue(key);
    }

    /// <summary>Of those that were due when it begins: what is added meanwhile has its turn with the next tick.</summary>
    private void LookAround(ServiceTable services)
    {
        for (var due = Math.Min(looks.Count, LooksPerTick); due > 0; due--)
        {
            var key = looks.Dequeue();
            isToLookAt.Remove(key);
            Look(key, services);
        }

        Send();
    }

    private void Look(in FlowKey key, ServiceTable services)
    {
        if (!Table.TryGet(key, out var view) || services.Find(view.Record.Mark) is not { } listener) return;
        try
        {
            if (flows.Helped(key) is { } state && Table.TryUpsert(view.Record, listener.Mirror.Waits, out var change, state)) Append(change);
        }
        catch (NetlinkException passing) when (passing.Failure is NetlinkFailure.Retry or NetlinkFailure.Overrun)
        {
            LookSoon(key);
        }
    }
}
