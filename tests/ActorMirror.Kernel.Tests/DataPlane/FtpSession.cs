using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>The words of an FTP client and of the server a virtual server chose for it, and the data connections that follow from them.</summary>
internal sealed partial class FtpSession
{
    private static int s_port = 51_200; // with five digits a reply is as long whatever the port

    private readonly BalancedNetwork _network;
    private readonly bool _ipv6;
    private readonly Socket _client;
    private readonly Socket _server;

    public FtpSession(BalancedNetwork network, bool ipv6, Socket listening, int port)
    {
        (_network, _ipv6) = (network, ipv6);
        (_client, _server) = (network.Connect(port), network.Accept(listening));
        Reply("220 ready");
        Command("USER anonymous");
        Reply("230 logged in");
    }

    /// <summary>The client's side of the control connection.</summary>
    public IPEndPoint Client => (IPEndPoint)_client.LocalEndPoint!;

    /// <summary>The server listens and says where; as the client hears it.</summary>
    public (Socket Listening, IPEndPoint Told) Passive()
    {
        var port = ++s_port;
        var listening = _network.Listen(BalancedNetwork.Third, port);
        Command(_ipv6 ? "EPSV" : "PASV");
        var told = Reply(_ipv6
            ? $"229 Entering Extended Passive Mode (|||{port}|)"
            : $"227 Entering Passive Mode ({BalancedNetwork.Third.Replace('.', ',')},{port >> 8},{port & 255}).");
        return (listening, _ipv6 ? new IPEndPoint(((IPEndPoint)_client.RemoteEndPoint!).Address, int.Parse(Numbers(told)[1], CultureInfo.InvariantCulture)) : EndpointOf(Numbers(told)[1..]));
    }

    public (Socket Client, Socket Server) Connect((Socket Listening, IPEndPoint Told) passive)
    {
        var client = _network.Keep(TestNetwork.In(_network.ClientNamespace, () => Connected(passive.Told)));
        return (client, _network.Accept(passive.Listening));
    }

    /// <summary>The client listens and says where; as the server hears it.</summary>
    public (Socket Listening, IPEndPoint Told) Active()
    {
        var port = ++s_port;
        var listening = _network.ListenOutside(port);
        var told = Command(_ipv6
            ? $"EPRT |2|{Client.Address}|{port}|"
            : $"PORT {Client.Address.ToString().Replace('.', ',')},{port >> 8},{port & 255}");
        Reply("200 fine");
        var words = told.Split('|');
        return (listening, _ipv6 ? new IPEndPoint(IPAddress.Parse(words[2]), int.Parse(words[3], CultureInfo.InvariantCulture)) : EndpointOf(Numbers(told)));
    }

    public (Socket Client, Socket Server) Answer((Socket Listening, IPEndPoint Told) active)
    {
        var server = _network.Keep(TestNetwork.In(
            _network.MemberNamespace, () => Connected(active.Told, new IPEndPoint(IPAddress.Parse(_network.Of(BalancedNetwork.Third)), 20))));
        return (_network.Accept(active.Listening), server);
    }

    public string Reply(string line) => Say(_server, _client, line);

    public string Command(string line) => Say(_client, _server, line);

    private static string Say(Socket from, Socket to, string line)
    {
        from.Send(Encoding.ASCII.GetBytes(line + "\r\n"));
        var heard = new StringBuilder();
        var one = new byte[1];
        while (heard.Length == 0 || heard[^1] != '\n')
        {
            if (to.Receive(one) == 0) throw new InvalidOperationException($"the connection ended after '{heard}'");
            heard.Append((char)one[0]);
        }

        var text = heard.ToString().TrimEnd();
        text[..4].ShouldBe(line[..4]);
        return text;
    }

    private static Socket Connected(IPEndPoint to, IPEndPoint? from = null)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        if (from is not null) socket.Bind(from);
        socket.Connect(to);
        return socket;
    }

    private static IPEndPoint EndpointOf(string[] numbers) =>
        new(IPAddress.Parse(string.Join('.', numbers[..4])), (int.Parse(numbers[4], CultureInfo.InvariantCulture) << 8) + int.Parse(numbers[5], CultureInfo.InvariantCulture));

    private static string[] Numbers(string text) => [.. Number().Matches(text).Select(match => match.Value)];

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
