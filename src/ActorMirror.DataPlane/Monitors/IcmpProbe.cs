using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.DataPlane.Monitors;

/// <summary>An echo by ICMP (RFC 792) or ICMPv6 (RFC 4443 §4); the answer must carry our identifier and sequence number and come from the member.</summary>
public sealed class IcmpProbe(ISocketFactory sockets) : IMemberProbe
{
    private static int sequence;

    public async Task<bool> ProbeAsync(Endpoint member, CancellationToken cancellation)
    {
        try
        {
            var isV4 = member.Address.IsV4;
            using var socket = isV4
                ? sockets.Create(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp)
                : sockets.Create(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
            var number = (ushort)Interlocked.Increment(ref sequence);
            var request = Request(isV4, (ushort)Environment.ProcessId, number);
            var peer = new IPEndPoint(member.Address.ToIPAddress(), 0);
            await socket.SendToAsync(request, peer, cancellation);
            var buffer = new byte[1500];
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, peer, cancellation);
                var from = Address.From(((IPEndPoint)received.RemoteEndPoint).Address);
                if (from == member.Address && IsReply(isV4, buffer.AsSpan(0, received.ReceivedBytes), request)) return true;
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    internal static byte[] Request(bool isV4, ushort identifier, ushort number)
    {
        var packet = new byte[16];
        packet[0] = isV4 ? (byte)8 : (byte)128;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), number);
        if (isV4) BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Checksum(packet)); // of ICMPv6 the kernel computes it: it covers the addresses
        return packet;
    }

    /// <summary>A raw socket sees every ICMP message of the namespace, and of IPv4 the IP header too: only the answer to our request counts.</summary>
    internal static bool IsReply(bool isV4, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> request)
    {
        if (packet.IsEmpty) return false;
        var header = isV4 ? (packet[0] & 0xf) * 4 : 0;
        if (packet.Length < header + 8) return false;
        var icmp = packet[header..];
        return icmp[0] == (isV4 ? 0 : 129) && icmp[4..8].SequenceEqual(request[4..8]);
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
