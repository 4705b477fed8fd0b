using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel.Wire;

/// <content>The active's account of its connections.</content>
public static partial class Frames
{
    // More reasons than any release will have; what is beyond ours is read over.
    private const int MostReasons = 64;

    public static int Account(Span<byte> frame, ActiveAccount account, TimeSpan oldestAge)
    {
        ArgumentNullException.ThrowIfNull(account);
        var writer = new WireWriter(frame[HeaderSize..]);
        writer.U32((uint)account.Open);
        writer.U32((uint)account.Protected);
        writer.U64((ulong)oldestAge.Ticks);
        writer.U8((byte)Exposures.Count);
        foreach (var connections in account.Exposed.InOrder) writer.U32((uint)connections);
        return Finish(frame, FrameType.Account, writer.Position);
    }

    public static bool TryReadAccount(ReadOnlySpan<byte> body, out ActiveAccount account, out TimeSpan oldestAge)
    {
        var reader = new WireReader(body);
        var (open, safe) = (reader.Count(), reader.Count());
        oldestAge = new TimeSpan(reader.Number());
        Span<int> exposed = stackalloc int[MostReasons];
        var reasons = Math.Min((int)reader.U8(), MostReasons);
        foreach (ref var connections in exposed[..reasons]) connections = reader.Count();
        account = new ActiveAccount(open, safe, new ExposureCounts(exposed[..reasons]));
        return reader.IsComplete;
    }
}
