using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;

namespace ActorMirror.Kernel.Probes;

/// <content>
/// FTP's helper and its translation are two modules. The kernel loads the first by itself when a ruleset names it; without the second the text of a control
/// connection stays as it is, and nothing says so.
/// </content>
public static partial class KernelProbe
{
    internal const string FtpRuleset = """
        table ip ftp {
          ct helper ftp { type "ftp" protocol tcp; l3proto ip; }
          chain dispatch {
            type nat hook output priority -100; policy accept;
            ip daddr 127.0.0.2 tcp dport 21 ct helper set "ftp" dnat ip to 127.0.0.3
          }
          chain relay {
            type filter hook output priority filter; policy accept;
            ct state related meta l4proto tcp ct event set related,assured,destroy
          }
        }
        """;

    private const string Ftp6Ruleset = """
        table ip6 ftp {
          ct helper ftp { type "ftp" protocol tcp; l3proto ip6; }
        }
        """;

    /// <summary>A server's words to a client that knows it by another address.</summary>
    private static void PassiveMode(NamespaceThread thread, NftablesContext nftables, bool ipv6)
    {
        try
        {
            nftables.Run(FtpRuleset + (ipv6 ? "\n" + Ftp6Ruleset : ""));
        }
        catch (NftablesException absent)
        {
            throw new HelperMissingException(absent.Message);
        }

        using (var links = NetworkLinks.Open(thread)) links.SetUp("lo");
        var told = thread.Run(Converse);
        if (!told.Contains("(127,0,0,2,", StringComparison.Ordinal)) throw new HelperMissingException($"a client was told '{told.TrimEnd()}' by the server it reached as 127.0.0.2");
    }

    private static string Converse()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 21));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000 };
        client.Connect(IPAddress.Parse("127.0.0.2"), 21);
        using var server = listener.Accept();
        var heard = new byte[256];
        server.Send("220 ready\r\n"u8); // the helper reads from the end of a line on
        client.Receive(heard);
        server.Send("227 Entering Passive Mode (127,0,0,3,200,1).\r\n"u8);
        return Encoding.ASCII.GetString(heard.AsSpan(0, client.Receive(heard)));
    }
}
