using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.Persistence;
using ActorMirror.Domain.VirtualServers;
using ActorMirror.Kernel.Nftables;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <summary>
/// The persistence records of a traffic group on its active device: derived from connections as they begin and end, told to the kernel's maps and to the mirror. Part of
/// the table's actor, whose thread it runs on.
/// </summary>
internal sealed class RecordKeeper
{
    // What is due beyond these waits for the next tick, a tenth of a second: connections must not wait behind records.
    private const int TellingsAtOnce = 8;

    private static readonly TimeSpan RetryKernel = TimeSpan.FromSeconds(1);

    private readonly TableContext context;
    private readonly PersistenceMaps? maps;
    private readonly PersistenceChange[] changes = new PersistenceChange[PersistenceMaps.ElementsAtOnce];
    private readonly PersistenceRecord[] named = new PersistenceRecord[512];
    private ServiceTable rulesetOf;
    private int nameCursor = -1;
    private TimeSpan? retryAt;

    public RecordKeeper(TableContext context, PersistenceMaps? maps)
    {
        (this.context, this.maps, rulesetOf) = (context, maps, context.Services());
        Table = new PersistenceTable(context.MaximumRecords, (left, right) => context.Services().IsSameMember(left, right)) { Now = context.Clock };
    }

    public PersistenceTable Table { get; }

    /// <summary>Records of the next snapshot are to be named still.</summary>
    public bool IsNaming => nameCursor >= 0;

    /// <summary>Begins with what this device holds: the copy of the former active, or what is in the kernel, and the connections there are.</summary>
    public void Inherit(PersistenceCopy? copy, ConnectionTable connections)
    {
        if (maps is null) return;
        if (copy is not null) copy.Now = Table.Now;
        foreach (var record in copy is null ? InKernel(context, maps) : copy.Records()) Table.Seed(record, IsMirrored(record), isInKernel: true);
        Span<ConnectionView> views = new ConnectionView[256];
        var cursor = 0;
        while (connections.Read(ref cursor, views) is > 0 and var read)
        {
            foreach (ref readonly var view in views[..read])
            {
                if (view.Record.IsOpen) Began(view.Record, mayMove: false);
            }
        }
    }

    /// <summary>What the maps of the group hold, but for what packets added and no table has written.</summary>
    public static IEnumerable<PersistenceRecord> InKernel(TableContext context, PersistenceMaps? maps)
    {
        if (maps is null) yield break;
        foreach (var scope in context.Services().Scopes.Where(s => s.TrafficGroup == context.Number))
        {
            foreach (var element in maps.Read(scope))
            {
                if (element.Timeout is { } timeout) yield return new PersistenceRecord(new(scope.Number, element.Client), element.Mark, timeout, element.Expires);
            }
        }
    }

    /// <summary>A connection is in the table otherwise than before; null: it was not there, or is there no more.</summary>
    public void Changed(in ConnectionRecord? before, in ConnectionRecord? after, bool mayMove)
    {
        var (wasOpen, isOpen) = (before is { IsOpen: true }, after is { IsOpen: true });
        if (after is { } now && (isOpen ? !wasOpen : before is null)) Began(now, mayMove);
        if (before is { } then && wasOpen && !isOpen) Ended(then);
        else if (before is null && after is { IsOpen: false } over) Ended(over);
    }

    /// <summary>Tells the kernel what is due, and gives what the mirror is to hear to <paramref name="append"/>.</summary>
    public void Tell(ConnectionTable order, bool isHeard, Action<MirrorChange> append)
    {
        if (maps is null) return;
        Table.Now = context.Clock;
        if (retryAt <= Table.Now || rulesetOf != context.Services())
        {
            (retryAt, rulesetOf) = (null, context.Services()); // another ruleset has empty maps
            Table.TellAll();
        }

        for (var telling = 0; telling < TellingsAtOnce && Table.Take(changes) is > 0 and var count; telling++)
        {
            Write(changes.AsSpan(0, count));
            foreach (ref readonly var change in changes.AsSpan(0, count))
            {
                if (!change.IsMirrored || !isHeard || !order.TryNumber(out var sequence)) continue;
                append(change.IsGone ? MirrorChange.Unpersist(sequence, change.Record) : MirrorChange.Persist(sequence, change.Record));
                if (!change.IsGone) Table.Sent(change.Record.Key, sequence);
            }
        }
    }

    /// <summary>A snapshot begins: it has all that are mirrored.</summary>
    public void BeginNaming(bool sameCopy, bool isHeard)
    {
        if (!sameCopy) Table.ForgetCopy();
        nameCursor = isHeard && maps is not null ? 0 : -1;
    }

    /// <summary>The next records of the snapshot; 0: there are no more.</summary>
    public int Name(ConnectionTable order, Span<MirrorChange> destination)
    {
        Table.Now = context.Clock;
        var count = Table.Name(ref nameCursor, named.AsSpan(0, Math.Min(named.Length, destination.Length)));
        for (var i = 0; i < count; i++)
        {
            order.TryNumber(out var sequence);
            destination[i] = MirrorChange.Persist(sequence, named[i]);
            Table.Sent(named[i].Key, sequence);
        }

        if (count == 0) nameCursor = -1;
        return count;
    }

    private void Began(in ConnectionRecord record, bool mayMove)
    {
        if (KeyOf(record) is var (key, profile)) Table.Began(key, WithoutClosing(record.Mark), profile, mayMove);
    }

    private void Ended(in ConnectionRecord record)
    {
        if (KeyOf(record) is var (key, _)) Table.Ended(key, WithoutClosing(record.Mark));
    }

    /// <summary>Null: its virtual server has no persistence, or it is a data connection of FTP: that came to another port, or from the member.</summary>
    private (PersistenceKey Key, PersistenceProfile Profile)? KeyOf(in ConnectionRecord record)
    {
        var services = context.Services();
        if (services.FindScope(record.Mark) is not { } scope || services.Find(record.Mark) is not VirtualServer { Destination: var destination }) return null;
        var asked = record.Original.Destination;
        return destination.Network.Contains(asked.Address) && (destination.IsAnyPort || destination.Port == asked.Port)
            ? (new PersistenceKey(scope.Number, scope.Profile.KeyOf(record.Original)), scope.Profile)
            : null;
    }

    private bool IsMirrored(PersistenceRecord record) => context.Services().FindScope(record.Mark)?.Profile.IsMirrored ?? false;

    private static FlowMark WithoutClosing(FlowMark mark) => new(mark.Value & ~FlowMark.Closing);

    private void Write(ReadOnlySpan<PersistenceChange> due)
    {
        try
        {
            maps!.Apply(due);
        }
        catch (NftablesException failure)
        {
            if (retryAt is not null) return;
            retryAt = Table.Now + RetryKernel;
            context.Log.LogWarning(failure, "Traffic group {Group}: the kernel did not take persistence records; it is told again", context.Group);
        }
    }
}
