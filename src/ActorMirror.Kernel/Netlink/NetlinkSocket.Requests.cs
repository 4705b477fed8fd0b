using System.Runtime.InteropServices;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Netlink;

/// <summary>Reads one message of an answer; the spans are valid only during the call.</summary>
public delegate void NetlinkMessageHandler<in TState>(in NetlinkMessage message, TState state)
    where TState : allows ref struct;

/// <summary>Requests and their answers.</summary>
public sealed partial class NetlinkSocket
{
    // The kernel answers before sendto returns or while a dump is being read; a silence of this length is a kernel in trouble.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    // Dumps come in datagrams of at most 32 KB (netlink_dump in net/netlink/af_netlink.c).
    private const int AnswerBufferBytes = 65_536;

    private readonly Lock _requests = new();
    private readonly byte[] _answer = GC.AllocateUninitializedArray<byte>(AnswerBufferBytes);
    private uint _sequence;

    /// <summary>A fresh sequence number; 0 is never one.</summary>
    public uint NextSequence() => NextSequences(1);

    /// <summary>The first of a run of consecutive sequence numbers.</summary>
    internal uint NextSequences(int count)
    {
        while (true)
        {
            var last = Interlocked.Add(ref _sequence, (uint)count);
            var first = last - (uint)count + 1;
            if (first != 0 && first <= last) return first;
        }
    }

    /// <summary>Sends one request that asks for an acknowledgement and waits for it.</summary>
    /// <exception cref="NetlinkException">The kernel refused it.</exception>
    public void Request(ReadOnlySpan<byte> message, string operation) =>
        Request(message, operation, 0, static (in NetlinkMessage _, int _) => { });

    /// <summary>Sends one request (a GET with NLM_F_ACK, or a dump) and hands every message of the answer to the handler.</summary>
    /// <exception cref="NetlinkException">
    /// The kernel refused it, the answer was lost, or a dump was interrupted (<see cref="NetlinkFailure.Retry"/>).
    /// </exception>
    public void Request<TState>(ReadOnlySpan<byte> message, string operation, TState state, NetlinkMessageHandler<TState> handler)
        where TState : allows ref struct
    {
        var header = MemoryMarshal.Read<NetlinkHeader>(message);
        var flags = (NetlinkFlags)header.Flags;
        if (!flags.HasFlag(NetlinkFlags.Ack) && !flags.HasFlag(NetlinkFlags.Dump))
            throw new ArgumentException("a request needs NLM_F_ACK or NLM_F_DUMP, or its end cannot be seen", nameof(message));
        lock (_requests)
        {
            Send(message);
            var interrupted = false;
            while (true)
            {
                foreach (var answer in new NetlinkMessages(ReceiveAnswer(operation, header.Seq)))
                {
                    if (answer.Sequence != header.Seq) continue; // left over from a request whose handler threw
                    interrupted |= answer.Flags.HasFlag(NetlinkFlags.DumpIntr) && !answer.IsError;
                    if (answer.IsError || answer.IsDone)
                    {
                        if (answer.Error is not Errno.None) throw new NetlinkException(operation, answer.Error, answer.ErrorText(), header.Seq);
                        if (interrupted) throw new NetlinkException(operation, Errno.EINTR, "the dump was interrupted by a change", header.Seq);
                        return;
                    }

                    handler(in answer, state);
                }
            }
        }
    }

    /// <summary>
    /// Sends a batch of requests of which only the last asks for an acknowledgement, and hands every error (and that acknowledgement)
    /// to the handler. Answers come in the order of the messages.
    /// </summary>
    internal void Batch<TState>(ReadOnlySpan<byte> messages, uint lastSequence, string operation, TState state, NetlinkMessageHandler<TState> onError)
        where TState : allows ref struct
    {
        lock (_requests)
        {
            Send(messages);
            while (true)
            {
                foreach (var answer in new NetlinkMessages(ReceiveAnswer(operation, lastSequence)))
                {
                    if (!answer.IsError) continue;
                    onError(in answer, state);
                    if (answer.Sequence == lastSequence) return;
                }
            }
        }
    }

    private ReadOnlySpan<byte> ReceiveAnswer(string operation, uint sequence)
    {
        while (true)
        {
            switch (ReceiveNow(_answer, out var length))
            {
                case ReceiveStatus.Data: return _answer.AsSpan(0, length);
                case ReceiveStatus.Overrun: throw new NetlinkException(operation, Errno.ENOBUFS, sequence: sequence);
            }

            if (!Wait(AnswerTimeout)) throw new NetlinkException(operation, Errno.ETIMEDOUT, sequence: sequence);
        }
    }
}
