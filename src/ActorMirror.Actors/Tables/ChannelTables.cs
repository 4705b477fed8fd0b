using System.Collections.Immutable;
using ActorMirror.Actors.Runtime;
using ActorMirror.Domain.Connections;

namespace ActorMirror.Actors.Tables;

/// <summary>
/// The tables of a traffic group's channels, as one: what is told to it reaches each table that it concerns, and what they answer is put together. Events
/// of the kernel go past it, to the table of their channel.
/// </summary>
public sealed class ChannelTables(ImmutableArray<IActorRef<TableMessage>> tables) : IActorRef<TableMessage>
{
    // Above what a table puts into its own cursor, see ActiveListing.
    private const int ChannelBits = 40;

    public IActorRef<TableMessage> this[int channel] => tables[channel - 1];

    /// <returns>False: a table whose answer is waited for cannot be told.</returns>
    public bool Tell(TableMessage message) => Distribute(message, static (table, part) => table.Tell(part));

    public bool TellData(TableMessage message) => Distribute(message, static (table, part) => table.TellData(part));

    private bool Distribute(TableMessage message, Func<IActorRef<TableMessage>, TableMessage, bool> tell) => message switch
    {
        TableMessage.Role role => All(tell, channel => new TableMessage.Role(OfChannel(role.Wanted, channel))),
        TableMessage.Flush flush => All(tell, Collect<(long Sequence, bool Applied), TableMessage>(
            answer => new TableMessage.Flush((sequence, applied) => answer((sequence, applied))),
            parts => flush.Done(parts.Sum(p => p.Sequence), parts.All(p => p.Applied)))),
        TableMessage.Resync resync => All(tell, Collect<string?, TableMessage>(
            answer => new TableMessage.Resync(answer), parts => resync.Done(parts.FirstOrDefault(p => p is not null)))),
        TableMessage.List list => List(tell, list),
        TableMessage.Find find => tell(this[ChannelShare.NumberOf(find.Key, tables.Length)], find),
        TableMessage.EventsLost or TableMessage.MemberChanged => All(tell, _ => message),
        TableMessage.ListRecords or TableMessage.DeleteRecords => tell(this[1], message), // persistence needs one channel
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, "it is of one table, not of all"),
    };

    /// <summary>The channels' ports lie side by side.</summary>
    private static TableRole OfChannel(TableRole role, int channel) => role switch
    {
        TableRole.Active { Peer: { } peer } active => active with { Peer = peer with { Port = peer.Port + channel - 1 } },
        TableRole.Mirror mirror => mirror with { Port = mirror.Port + channel - 1 },
        _ => role,
    };

    /// <summary>A piece of the table the cursor points to; the others only say how many connections they have.</summary>
    private bool List(Func<IActorRef<TableMessage>, TableMessage, bool> tell, TableMessage.List list)
    {
        var asked = (int)Math.Clamp(1 + (list.Cursor >> ChannelBits), 1, tables.Length);
        var collect = Collect<(int Channel, TablePage Page), Func<int, TableMessage>>(
            answer => channel => channel == asked
                ? new TableMessage.List(list.Cursor & ((1L << ChannelBits) - 1), list.Limit, list.Mirrored, page => answer((channel, page)))
                : new TableMessage.List(0, 0, list.Mirrored, page => answer((channel, page))),
            parts =>
            {
                var page = parts.First(p => p.Channel == asked).Page;
                long? next = page.Next is { } more ? more + ((asked - 1L) << ChannelBits) : asked < tables.Length ? (long)asked << ChannelBits : null;
                list.Done(new TablePage(page.Connections, next, parts.Sum(p => p.Page.Total)));
            });
        return All(tell, channel => collect(channel)(channel));
    }

    private bool All(Func<IActorRef<TableMessage>, TableMessage, bool> tell, Func<int, TableMessage> part)
    {
        var told = true;
        for (var channel = 1; channel <= tables.Length; channel++) told &= tell(this[channel], part(channel));
        return told;
    }

    /// <summary>Makes each table's question; the last answer ends it.</summary>
    private Func<int, TQuestion> Collect<TAnswer, TQuestion>(Func<Action<TAnswer>, TQuestion> question, Action<List<TAnswer>> done)
    {
        var answers = new List<TAnswer>(tables.Length);
        return _ => question(answer =>
        {
            lock (answers)
            {
                answers.Add(answer);
                if (answers.Count < tables.Length) return;
            }

            done(answers);
        });
    }
}
