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

    // A doorbell, not a queue: one token is enough, because the reader empties both lanes before it waits again.
    private readonly Channel<bool> doorbell =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Messages waiting, both lanes.</summary>
    public int Count => control.Reader.Count + data.Reader.Count;

    public bool TryPost(TMessage message) => Enqueue(control, message);

    public bool TryPostData(TMessage message) => Enqueue(data, message);

    public bool TryTake([NotNullWhen(true)] out TMessage? message) =>
        control.Reader.TryRead(out message) || data.Reader.TryRead(out message);

    /// <summary>Waits until something was posted; false once the mailbox is closed.</summary>
    public async ValueTask<bool> WaitAsync() => await doorbell.Reader.WaitToReadAsync() && doorbell.Reader.TryRead(out _);

    public void Close()
    {
        control.Writer.TryComplete();
        data.Writer.TryComplete();
        doorbell.Writer.TryComplete();
    }

    private bool Enqueue(Channel<TMessage> lane, TMessage message)
    {
        if (!lane.Writer.TryWrite(message)) return false;
        doorbell.Writer.TryWrite(true);
        return true;
    }

    private static BoundedChannelOptions Options(int depth) => new(depth) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait };
}
