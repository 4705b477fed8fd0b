using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace ActorMirror.Actors.Runtime;

/// <summary>
/// The bounded queue of one actor, with two lanes: control messages overtake data. Full means refused: <see cref="TryPost"/> says
/// false and the sender decides (a listener declares desync, a timer ticks again, a command is answered "busy").
/// </summary>
public sealed class Mailbox<TMessage>
    where TMessage : class
{
    // Control traffic of a device group is a handful of messages per view and timer ticks; 1024 unread ones mean a stuck actor.
    private const int ControlDepth = 1024;

    // Data messages are batches of up to some hundred changes; 4096 of them are seconds of backlog, beyond which a fresh dump is cheaper.
    private const int DataDepth = 4096;

    private readonly Channel<TMessage> control = Channel.CreateBounded<TMessage>(Options(ControlDepth));
    private readonly Channel<TMessage> data = Channel.CreateBounded<TMessage>(Options(DataDepth));

    private volatile bool isClosed;

    /// <summary>Messages waiting, both lanes.</summary>
    public int Count => control.Reader.Count + data.Reader.Count;

    /// <summary>Nothing is posted any more; what was posted before may still wait.</summary>
    public bool IsClosed => isClosed;

    public bool TryPost(TMessage message) => control.Writer.TryWrite(message);

    public bool TryPostData(TMessage message) => data.Writer.TryWrite(message);

    public bool TryTake([NotNullWhen(true)] out TMessage? message) =>
        control.Reader.TryRead(out message) || data.Reader.TryRead(out message);

    public void Close()
    {
        control.Writer.TryComplete();
        data.Writer.TryComplete();
        isClosed = true;
    }

    private static BoundedChannelOptions Options(int depth) => new(depth) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait };
}
