using System.Collections.Immutable;
using ActorMirror.Domain.Connections;

namespace ActorMirror.Actors.Tables;

/// <summary>
/// The active's connections for operators, a piece at a time: first the mirrored virtual servers', then the others'. The cursor is a slot of the table, with
/// the high half 1 in the table of the unmirrored.
/// </summary>
internal sealed class ActiveListing(ConnectionTable mirrored, ConnectionTable unmirrored)
{
    // What an operator asks for is read in pieces of this many.
    private const int ListedAtOnce = 1024;

    private const long Unmirrored = 1L << 32;

    private readonly ConnectionView[] views = new ConnectionView[ListedAtOnce];

    public ListedConnection? Find(in FlowKey key) =>
        mirrored.TryGet(key, out var view) ? Listed(view, ofUnmirrored: false)
        : unmirrored.TryGet(key, out view) ? Listed(view, ofUnmirrored: true)
        : null;

    public TablePage Read(TableMessage.List request)
    {
        var ofUnmirrored = request.Cursor >> 32 != 0;
        var slot = request.Slot;
        var read = (ofUnmirrored ? unmirrored : mirrored).Read(ref slot, views.AsSpan(0, Math.Min(request.Limit, views.Length)));
        var found = ImmutableArray.CreateBuilder<ListedConnection>(read);
        foreach (ref readonly var view in views.AsSpan(0, read))
        {
            var listed = Listed(view, ofUnmirrored);
            if (request.Mirrored is null || request.Mirrored == listed.IsMirrored) found.Add(listed);
        }

        var isMore = read > 0 || request.Limit == 0;
        long? next = (isMore, ofUnmirrored) switch
        {
            (true, true) => slot + Unmirrored,
            (true, false) => slot,
            (false, false) => Unmirrored,
            (false, true) => null,
        };
        var counts = mirrored.Counts;
        var all = counts.Owned + unmirrored.Counts.Owned;
        return new TablePage(found.ToImmutable(), next, request.Mirrored switch { true => counts.Protected, false => all - counts.Protected, null => all });
    }

    private static ListedConnection Listed(in ConnectionView view, bool ofUnmirrored) => ofUnmirrored
        ? new(view.Record, Exposure.MirroringOff, Helped: view.Helped)
        : new(view.Record, Exposures.Of(view.Protection, view.Reason ?? default), view.For, view.Helped);
}
