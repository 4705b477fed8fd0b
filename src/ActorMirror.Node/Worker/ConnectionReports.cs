using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Connections;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>A connection of a table in the words of the management interface.</summary>
internal static class ConnectionReports
{
    public static ConnectionReport Of(ListedConnection listed, ServiceTable? services)
    {
        var record = listed.Record;
        var listener = services?.Find(record.Mark);
        var snat = record.Reply.Destination != record.Original.Source ? record.Reply.Destination.ToString() : null;
        return new ConnectionReport(
            listener?.TrafficGroup ?? "", listener?.Key ?? record.Mark.ToString(), record.Original.Protocol.ToString().ToLowerInvariant(),
            record.Original.Source.ToString(), record.Original.Destination.ToString(), record.Reply.Source.ToString(), snat,
            MirrorReports.Kebab(record.State.ToString()), listed.IsMirrored, listed.Exposure is { } why ? MirrorReports.Kebab(why.ToString()) : null,
            listed.Helped is { } state ? Helper(state) : null);
    }

    private static string Helper(HelperState state) => state switch
    {
        { Master: { } master } => $"FTP data connection of {master.Source} > {master.Destination}",
        { Expected: { } expected } => $"FTP control connection, expects {expected.Flow.Source.Address} > {expected.Flow.Destination}",
        _ => "FTP control connection",
    };
}
