using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Announcements;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;
using ActorMirror.Kernel.Processes;
using ActorMirror.Kernel.Sysctls;

namespace ActorMirror.Kernel.Probes;

/// <summary>
/// Proves at start-up, by doing it in a throw-away namespace without a name, what the data plane will ask of the kernel: a version number or
/// a list of modules would not tell. Takes some tens of milliseconds and leaves nothing behind, even if it is killed.
/// </summary>
public static partial class KernelProbe
{
    private const uint Mark = 0xa040_1002;
    private const uint Group = 0xa040_0000;

    private static readonly NftablesSet[] Leases = [new("ip", "probe", "lease"), new("arp", "probe", "lease")];

    /// <summary>The sysctls of a network namespace that the data plane reads or sets.</summary>
    public static IReadOnlyList<string> Sysctls { get; } =
    [
        "net.ipv4.ip_forward",
        "net.ipv4.conf.all.rp_filter",
        "net.ipv4.conf.default.rp_filter",
        "net.ipv4.conf.all.arp_ignore",
        "net.ipv4.conf.all.arp_announce",
        "net.ipv4.conf.all.send_redirects",
        "net.ipv4.conf.default.send_redirects",
        "net.netfilter.nf_conntrack_events",
        "net.netfilter.nf_conntrack_tcp_loose",
        "net.netfilter.nf_conntrack_tcp_be_liberal",
        "net.netfilter.nf_conntrack_tcp_timeout_established",
        "net.netfilter.nf_conntrack_udp_timeout",
        "net.netfilter.nf_conntrack_udp_timeout_stream",
    ];

    private static readonly string[] Ipv6Sysctls = ["net.ipv6.conf.all.forwarding", "net.ipv6.conf.all.keep_addr_on_down"];

    /// <summary>Runs every probe; a failure is a result, not an exception. A probe whose ground is missing says that it was not tried.</summary>
    /// <param name="sysctls">Those that must exist; null is <see cref="Sysctls"/>.</param>
    /// <param name="ipv6">Whether the configuration has IPv6 addresses: then the kernel must be able to do the same with them.</param>
    /// <param name="byBytes">Whether connections are mirrored by the bytes they carried: then the kernel must be able to label them.</param>
    /// <param name="ftp">Whether there are virtual servers of FTP: then the kernel must be able to read and translate its control connections.</param>
    public static IReadOnlyList<ProbeResult> Run(IReadOnlyList<string>? sysctls = null, bool ipv6 = false, bool byBytes = false, bool ftp = false)
    {
        using var probe = new Ground();
        return
        [
            Try("process handles", "a process's end can be awaited", ProcessHandles),
            Try("network namespaces", "a network namespace can be made and entered", probe.Enter),
            Try("libnftables", "libnftables is installed", probe.OpenNftables),
            Try("address translation", "nftables chooses and translates by maps and marks", () => probe.Nftables.Run(Ruleset(V4) + ArpRuleset)),
            Try("lease in the kernel", "a set element expires by itself and can be renewed", () => Expire(probe.Nftables)),
            Try("hot standby", "a translated connection can be put into the connection table", () => Inject(probe.Thread, V4)),
            Try("sysctls", "every sysctl the data plane needs exists and can be written", () => TrySysctls(probe.Thread, sysctls ?? Sysctls)),
            Try("announcements", "gratuitous ARP can be sent", () => GratuitousArp.Open(probe.Thread, "lo").Dispose()),
            .. ipv6 ? (ProbeResult[])
            [
                Try("IPv6 address translation", "nftables does the same with IPv6", () => probe.Nftables.Run(Ruleset(V6))),
                Try("IPv6 hot standby", "a translated IPv6 connection can be put into the connection table", () => Inject(probe.Thread, V6)),
                Try("IPv6 sysctls", "every sysctl of IPv6 that the data plane needs exists and can be written", () => TrySysctls(probe.Thread, Ipv6Sysctls)),
                Try("IPv6 announcements", "neighbour advertisements can be sent", () => NeighborAdvertiser.Open(probe.Thread, "lo").Dispose()),
            ] : [],
            .. byBytes ? (ProbeResult[])[Try("connection labels", "a connection can be labelled by the bytes it carried", () => probe.Nftables.Run(LabelRuleset))] : [],
            .. ftp ? (ProbeResult[])[Try("FTP", "the kernel reads and translates FTP control connections", () => PassiveMode(probe.Thread, probe.Nftables, ipv6))] : [],
        ];
    }

    internal static ProbeResult Try(string name, string fine, Action action)
    {
        try
        {
            action();
            return new(name, true, fine, "");
        }
        catch (Exception exception)
        {
            var (reason, remedy) = ProbeRemedies.Explain(exception);
            return new(name, false, $"not so: {fine} ({reason})", remedy);
        }
    }

    private static void ProcessHandles()
    {
        using var own = PidFd.TryOpen(Environment.ProcessId) ?? throw new InvalidOperationException("pidfd_open does not find this process");
        if (own.HasExited) throw new InvalidOperationException("this process is reported to have ended");
    }

    private static void Expire(NftablesContext nftables)
    {
        var set = new ExpiringSet(nftables, Leases);
        set.Set([Group], TimeSpan.FromHours(1));
        set.Set([Group], TimeSpan.FromMilliseconds(20));
        foreach (var lease in Leases)
        {
            var expired = SpinWait.SpinUntil(
                () => !nftables.QueryText($"list set {lease}").Contains($"0x{Group:x8}", StringComparison.Ordinal), TimeSpan.FromSeconds(5));
            if (!expired) throw new InvalidOperationException($"an element of the set '{lease}' outlived its timeout");
        }
    }

    /// <summary>Without the DST_NAT bit the kernel would take the entry, say nothing, and translate no packet of it.</summary>
    private static void Inject(NamespaceThread thread, Words words)
    {
        using var table = thread.Run(ConntrackTable.Open);
        var original = new ConntrackTuple(ConntrackTuple.Tcp, words.Client, 40_000, words.Service, 80);
        var reply = new ConntrackTuple(ConntrackTuple.Tcp, words.Member, 8080, words.Client, 40_000);
        var batch = new ConntrackBatch();
        batch.Create(new ConntrackEntry { Original = original, Reply = reply, Mark = Mark }, timeoutSeconds: 60);
        if (table.Execute(batch) > 0) throw new KernelException("create a connection table entry", batch.Failures[0].Errno);
        if (table.Get(original) is not { } entry) throw new InvalidOperationException("the entry that was created is not there");
        if (!entry.Status.HasFlag(ConntrackStatus.DstNat) || entry.Reply != reply || entry.Mark != Mark)
            throw new InvalidOperationException($"the entry is there but translates nothing: {entry.Reply}, status {entry.Status}, mark 0x{entry.Mark:x8}");
    }

    /// <summary>A container shows them all and lets none be written.</summary>
    private static void TrySysctls(NamespaceThread thread, IReadOnlyList<string> names)
    {
        var values = new SysctlValues(thread);
        var missing = names.Where(name => !values.Exists(name)).ToArray();
        if (missing.Length > 0) throw new InvalidOperationException($"missing: {string.Join(", ", missing)}");
        values.Write(names[0], values.Read(names[0]) == "0" ? "1" : "0");
    }

    /// <summary>What later probes stand on.</summary>
    private sealed class Ground : IDisposable
    {
        private NamespaceThread? _thread;
        private NftablesContext? _nftables;

        public NamespaceThread Thread => _thread ?? throw new ProbeNotTriedException("network namespaces");

        public NftablesContext Nftables => _nftables ?? throw new ProbeNotTriedException("libnftables");

        public void Enter()
        {
            var thread = NamespaceThread.Into(NetworkNamespace.CreateNameless());
            try
            {
                thread.Run(() => 0);
                _thread = thread;
            }
            catch
            {
                thread.Dispose();
                throw;
            }
        }

        public void OpenNftables() => _nftables = NftablesContext.Open(Thread);

        public void Dispose()
        {
            _nftables?.Dispose();
            _thread?.Dispose();
        }
    }
}
