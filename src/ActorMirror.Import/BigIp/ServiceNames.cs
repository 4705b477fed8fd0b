using System.Collections.Frozen;
using System.Globalization;

namespace ActorMirror.Import.BigIp;

/// <summary>Names that tmsh writes for ports (those of its /etc/services that load balancers meet).</summary>
internal static class ServiceNames
{
    private static readonly FrozenDictionary<string, ushort> Ports = new Dictionary<string, ushort>
    {
        ["bgp"] = 179,
        ["cvspserver"] = 2401,
        ["dnsix"] = 90,
        ["domain"] = 53,
        ["f5-globalsite"] = 2792,
        ["f5-iquery"] = 4353,
        ["ftp"] = 21,
        ["ftp-data"] = 20,
        ["http"] = 80,
        ["http-alt"] = 8008,
        ["https"] = 443,
        ["ics"] = 5639,
        ["ident"] = 113,
        ["imap"] = 143,
        ["imaps"] = 993,
        ["irc"] = 194,
        ["irdmi"] = 8000,
        ["kerberos"] = 88,
        ["ldap"] = 389,
        ["ldaps"] = 636,
        ["microsoft-ds"] = 445,
        ["ms-sql-m"] = 1434,
        ["ms-sql-s"] = 1433,
        ["ms-wbt-server"] = 3389,
        ["msft-gc"] = 3268,
        ["msft-gc-ssl"] = 3269,
        ["mysql"] = 3306,
        ["ncube-lm"] = 1521,
        ["netbios-ssn"] = 139,
        ["nfs"] = 2049,
        ["nntp"] = 119,
        ["ntp"] = 123,
        ["pcsync-https"] = 8443,
        ["personal-agent"] = 5555,
        ["pop3"] = 110,
        ["pop3s"] = 995,
        ["postgresql"] = 5432,
        ["radius"] = 1812,
        ["radius-acct"] = 1813,
        ["rtsp"] = 554,
        ["sip"] = 5060,
        ["sip-tls"] = 5061,
        ["smtp"] = 25,
        ["smtps"] = 465,
        ["snmp"] = 161,
        ["snmp-trap"] = 162,
        ["snmptrap"] = 162,
        ["squid"] = 3128,
        ["ssh"] = 22,
        ["submission"] = 587,
        ["sunrpc"] = 111,
        ["syslog"] = 514,
        ["telnet"] = 23,
        ["tftp"] = 69,
        ["unify"] = 181,
        ["webcache"] = 8080,
        ["webmin"] = 10000,
        ["websm"] = 9090,
    }.ToFrozenDictionary();

    /// <param name="port">1 to 65535.</param>
    public static bool TryParse(string text, out ushort port) =>
        (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0) || Ports.TryGetValue(text, out port);
}
