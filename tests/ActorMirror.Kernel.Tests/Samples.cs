using System.Net;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Tests;

/// <summary>Connections of a client 10.1.0.2 to the virtual server 10.1.0.100:5000, carried to the member 10.2.0.2:5001.</summary>
internal static class Samples
{
    public const uint Mark = 0xA040_1002;
    public const uint OursMask = 0xF000_0000;
    public const uint Ours = 0xA000_0000;

    public static UInt128 Address(string text) => MappedAddress.Read(IPAddress.Parse(text).GetAddressBytes());

    public static ConntrackEntry Tcp(ushort clientPort, uint mark = Mark) => Translated(ConntrackTuple.Tcp, clientPort, mark) with
    {
        Tcp = new ConntrackTcp(TcpState.Established, 7, 9, TcpFlags.WindowScale | TcpFlags.SackPerm, TcpFlags.WindowScale | TcpFlags.SackPerm),
    };

    public static ConntrackEntry Udp(ushort clientPort, uint mark = Mark) => Translated(ConntrackTuple.Udp, clientPort, mark);

    /// <summary>The bytes that create the entry.</summary>
    public static byte[] Message(in ConntrackEntry entry)
    {
        var buffer = new byte[ConntrackEncoder.MaximumMessageBytes];
        var writer = new NetlinkWriter(buffer);
        ConntrackEncoder.Begin(ref writer, ConntrackOperation.New, NetlinkFlags.Create, 1, entry.Original);
        ConntrackEncoder.PutTuple(ref writer, ConntrackAttribute.TupleReply, entry.Original.Inverse);
        writer.PutBigEndian(ConntrackAttribute.Mark, entry.Mark);
        ConntrackEncoder.PutTcp(ref writer, entry.Tcp, TcpFlags.BeLiberal);
        ConntrackEncoder.PutTranslations(ref writer, in entry);
        writer.EndMessage();
        return writer.Written.ToArray();
    }

    /// <summary>A ruleset that has nat in force without translating anything itself, as on a standby.</summary>
    public const string NatInForce = """
        table ip am {
          chain pre {
            type nat hook prerouting priority dstnat; policy accept;
            ip daddr 192.0.2.1 tcp dport 9 dnat to 192.0.2.2
          }
          chain post {
            type nat hook postrouting priority srcnat; policy accept;
            ip saddr 192.0.2.1 snat to 192.0.2.2
          }
        }
        """;

    private static ConntrackEntry Translated(byte protocol, ushort clientPort, uint mark) => new()
    {
        Original = new ConntrackTuple(protocol, Address("10.1.0.2"), clientPort, Address("10.1.0.100"), 5000),
        Reply = new ConntrackTuple(protocol, Address("10.2.0.2"), 5001, Address("10.1.0.2"), clientPort),
        Mark = mark,
    };
}
