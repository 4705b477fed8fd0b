using System.Collections.Frozen;

namespace ActorMirror.Import.BigIp;

/// <content>Why kinds, or families of kinds, are not carried over.</content>
internal static partial class StanzaKinds
{
    private const string NoTls = "ActorMirror forwards connections and terminates no TLS";
    private const string NoHttp = "ActorMirror forwards connections and does not look into HTTP";
    private const string Applications = "ActorMirror forwards connections and does not look into their protocols";
    private const string NoScripts = "ActorMirror runs no scripts in the way of connections";
    private const string NoDns = "ActorMirror balances connections, not names";
    private const string NoFirewall = "ActorMirror is no firewall: use the host's, or one before it";
    private const string OfTheHost = "the host's own: configure it there";
    private const string OwnTrust = "device trust is made anew: see 'amctl trust'";
    private const string NotPersistence = Conversion.NotYet + ": persistence profiles";

    private static readonly FrozenDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        // Next to come: the configuration does not know them yet.
        ["ltm persistence source-addr"] = NotPersistence,
        ["ltm persistence dest-addr"] = NotPersistence,
        ["ltm persistence hash"] = NotPersistence + " that read what clients send",
        ["ltm default-node-monitor"] = Conversion.NotYet + ": monitors of nodes; pools have monitors",
        ["ltm traffic-matching-criteria"] = Conversion.NotYet + ": lists of addresses and ports as destinations",
        ["ltm nat"] = Conversion.NotYet + ": NAT objects",
        ["net route"] = OfTheHost + ", in the network namespace of the data plane",

        // Persistence that reads what clients send.
        ["ltm persistence"] = "persistence by what clients send: " + Applications,
        ["ltm persistence cookie"] = "persistence by cookies: " + NoHttp,
        ["ltm persistence ssl"] = "persistence by TLS session: " + NoTls,
        ["ltm persistence universal"] = "persistence by iRule: " + NoScripts,

        // Connections are forwarded, not read.
        ["ltm profile client-ssl"] = NoTls,
        ["ltm profile server-ssl"] = NoTls,
        ["ltm profile certificate-authority"] = NoTls,
        ["ltm profile ocsp-stapling-params"] = NoTls,
        ["ltm cipher"] = NoTls,
        ["ltm profile http"] = NoHttp,
        ["ltm profile http2"] = NoHttp,
        ["ltm profile http-compression"] = NoHttp,
        ["ltm profile http-proxy-connect"] = NoHttp,
        ["ltm profile fasthttp"] = NoHttp,
        ["ltm profile web-acceleration"] = NoHttp,
        ["ltm profile web-security"] = NoHttp,
        ["ltm profile html"] = NoHttp,
        ["ltm html-rule"] = NoHttp,
        ["ltm profile rewrite"] = NoHttp,
        ["ltm profile stream"] = NoHttp,
        ["ltm profile websocket"] = NoHttp,
        ["ltm profile xml"] = NoHttp,
        ["ltm profile one-connect"] = "each connection of a client is one to a member: there is nothing to be shared",
        ["ltm profile ftp"] = "a virtual server that has it gets profile = ftp: the kernel's helper has no settings of its own",
        ["ltm profile tftp"] = Applications,
        ["ltm profile dns"] = NoDns,
        ["ltm profile sip"] = Applications,
        ["ltm profile radius"] = Applications,
        ["ltm profile diameter"] = Applications,
        ["ltm profile fix"] = Applications,
        ["ltm profile icap"] = Applications,
        ["ltm profile mqtt"] = Applications,
        ["ltm profile sctp"] = "ActorMirror forwards TCP and UDP",
        ["ltm profile ipother"] = "ActorMirror forwards TCP and UDP",
        ["ltm profile analytics"] = "statistics are in 'amctl' and the management API",
        ["ltm profile tcp-analytics"] = "statistics are in 'amctl' and the management API",
        ["ltm profile statistics"] = "statistics are in 'amctl' and the management API",
        ["ltm profile request-log"] = NoHttp,
        ["ltm profile"] = Applications,
        ["ltm message-routing"] = Applications,
        ["ltm rule"] = "iRules: " + NoScripts,
        ["ltm rule-profiler"] = NoScripts,
        ["ltm policy"] = "local traffic policies: " + NoHttp,
        ["ltm policy-strategy"] = "local traffic policies: " + NoHttp,
        ["ltm data-group"] = "data groups serve iRules and policies: " + NoScripts,
        ["ltm ifile"] = "files for iRules: " + NoScripts,
        ["ltm auth"] = Applications,
        ["ltm classification"] = Applications,
        ["ltm alg-log-profile"] = Applications,
        ["ltm dns"] = NoDns,
        ["ltm eviction-policy"] = "connections are not evicted",
        ["ltm global-settings"] = "settings of the BIG-IP's own",
        ["ltm ifile-profile"] = NoScripts,
        ["ltm lsn-pool"] = "carrier-grade NAT",
        ["ltm lsn-log-profile"] = "carrier-grade NAT",
        ["ltm tacdb"] = "settings of the BIG-IP's own",
        ["ltm urlcat-query"] = NoHttp,

        // Monitors that no reader knows.
        ["ltm monitor external"] = Conversion.NotYet + ": monitors that run a program",
        ["ltm monitor scripted"] = Conversion.NotYet + ": monitors that send and expect text",
        ["ltm monitor inband"] = Conversion.NotYet + ": monitors that watch the traffic itself",
        ["ltm monitor"] = Conversion.NotYet + ": monitors of this type",

        // Devices and their network.
        ["cm cert"] = OwnTrust,
        ["cm key"] = OwnTrust,
        ["cm trust-domain"] = OwnTrust,
        ["net interface"] = OfTheHost,
        ["net trunk"] = OfTheHost + " (a bond)",
        ["net stp"] = OfTheHost,
        ["net stp-globals"] = OfTheHost,
        ["net lldp-globals"] = OfTheHost,
        ["net arp"] = OfTheHost,
        ["net ndp"] = OfTheHost,
        ["net fdb"] = OfTheHost,
        ["net cos"] = OfTheHost,
        ["net rate-shaping"] = OfTheHost,
        ["net bwc"] = "bandwidth is not limited: use the host's traffic control",
        ["net dns-resolver"] = OfTheHost,
        ["net ipsec"] = OfTheHost,
        ["net packet-filter"] = NoFirewall,
        ["net packet-filter-trusted"] = NoFirewall,
        ["net port-list"] = NoFirewall,
        ["net address-list"] = NoFirewall,
        ["net self-allow"] = "the default port lockdown of self IPs: " + Conversion.NotYet,
        ["net route-domain"] = "route domains: there is one routing table",
        ["net routing"] = "routing protocols: run them on the host",
        ["net timer-policy"] = Conversion.NotYet + ": idle time-outs by port",
        ["net service-policy"] = Conversion.NotYet + ": idle time-outs by port",
        ["net tunnels"] = OfTheHost,
        ["net vlan-group"] = OfTheHost + " (a bridge)",
        ["net"] = OfTheHost,

        // Other products and the BIG-IP itself.
        ["analytics"] = "statistics are in 'amctl' and the management API",
        ["api-protection"] = NoHttp,
        ["apm"] = "access policies: " + NoHttp,
        ["asm"] = "application firewall: " + NoHttp,
        ["auth"] = "users of the BIG-IP",
        ["auth partition"] = "partitions are part of names here",
        ["cli"] = "settings of the BIG-IP's own",
        ["gtm"] = NoDns,
        ["ilx"] = NoScripts,
        ["pem"] = "policy enforcement: " + Applications,
        ["security"] = NoFirewall,
        ["sys"] = "settings of the BIG-IP's own",
        ["sys application"] = "iApps: what they made stands beside them as objects of its own",
        ["sys dns"] = OfTheHost,
        ["sys file"] = "files of the BIG-IP",
        ["sys folder"] = "folders are part of names here",
        ["sys global-settings"] = "settings of the BIG-IP's own; of its host name the device's name is made when the files name no device",
        ["sys log-config"] = "the daemon logs to the journal",
        ["sys management-ip"] = OfTheHost,
        ["sys management-route"] = OfTheHost,
        ["sys ntp"] = OfTheHost,
        ["sys provision"] = "there are no modules to be provisioned",
        ["sys snmp"] = OfTheHost,
        ["sys sshd"] = OfTheHost,
        ["sys syslog"] = OfTheHost,
        ["sys httpd"] = OfTheHost,
        ["sys crypto"] = NoTls,
        ["vcmp"] = "virtual machines of the BIG-IP",
        ["wom"] = "WAN optimisation: " + Applications,
    }.ToFrozenDictionary();
}
