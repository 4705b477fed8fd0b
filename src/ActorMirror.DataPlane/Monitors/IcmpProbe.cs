using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.DataPlane.Monitors;

/// <summary>An ICMP echo (RFC 792); the answer must carry our identifier and sequence number and come from the member.</summary>
public sealed class IcmpProbe(ISocketFactory sockets) : IMemberProbe
{
    private const byte EchoRequest = 8;
    private const byte EchoReply = 0;

    private static int sequence;

    public async Task<bool> ProbeAsync(Endpoint member, CancellationToken cancellation)
    {
        try
        {
            using var socket = sockets.Create(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
            var number = (ushort)Interlocked.Increment(ref sequence);
            var request = Request((ushort)Environment.ProcessId, number);
            var peer = new IPEndPoint(member.Address.ToIPAddress(), 0);
            await socket.SendToAsync(request, peer, cancellation);
            var buffer = new byte[1500];
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, peer, cancellation);
                if (IsReply(buffer.AsSpan(0, received.ReceivedBytes), member.Address, request)) return true;
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    internal static byte[] Request(ushort identifier, ushort number)
    {
        var packet = new byte[16];
        packet[0] = EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), number);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Checksum(packet));
        return packet;
    }

    /// <summary>A raw socket sees the IP header and every ICMP message of the namespace: only the answer to our request counts.</summary>
    internal static bool IsReply(ReadOnlySpan<byte> packet, Address from, ReadOnlySpan<byte> request)
    {
        if (packet.Length < 20) return false;
        var header = (packet[0] & 0xf) * 4;
        if (packet.Length < header + 8 || BinaryPrimitives.ReadUInt32BigEndian(packet[12..]) != from.V4) return false;
        var icmp = packet[header..];
        return icmp[0] == EchoReply && icmp[4..8].SequenceEqual(request[4..8]);
    }

    /// <summary>RFC 1071.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i + 1 < bytes.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }
}
