using ActorMirror.Kernel.Addresses;

namespace ActorMirror.Kernel.Probes;

/// <summary>One of each kind of object and statement that the data plane's ruleset uses; a test compares the two.</summary>
public static partial class KernelProbe
{
    internal static readonly Words V4 =
        new("ip", "ipv4_addr", "icmp", "icmp type echo-request", MappedAddress.FromV4(0xc0000200)); // 192.0.2.0, TEST-NET-1 (RFC 5737)

    internal static readonly Words V6 =
        new("ip6", "ipv6_addr", "ipv6-icmp", "icmpv6 type { echo-request, nd-neighbor-solicit, nd-neighbor-advert, nd-redirect }", (UInt128)0x2001_0db8_0000_0000 << 64); // RFC 3849

    internal const string ArpRuleset = """
        table arp probe {
          set lease { type mark; flags timeout; }
          map group_of { type ipv4_addr : mark; }
          chain answer {
            type filter hook input priority filter; policy accept;
            meta mark set arp daddr ip map @group_of
            meta mark != 0 meta mark != @lease drop
          }
          chain announce {
            type filter hook output priority filter; policy accept;
            meta mark set arp saddr ip map @group_of
          }
        }
        """;

    internal const string LabelRuleset = """
        table ip labels {
          chain large {
            ct label 113 return
            ct bytes >= 1000 ct event set reply,assured,destroy,label ct label set 113
          }
        }
        """;

    internal static string Ruleset(Words words) => $$"""
        table {{words.Ip}} probe {
          set lease { type mark; flags timeout; }
          set gated { type mark; }
          set floating { type {{words.AddressType}}; counter; elements = { {{MappedAddress.ToText(words.Service)}} }
          }
          set endpoints { type {{words.AddressType}} . inet_proto . inet_service; }
          set doubted { type {{words.AddressType}} . inet_service . {{words.AddressType}} . inet_service; flags dynamic,timeout; timeout 500ms; size 65536; }
          map recent { type mark : mark; flags dynamic,timeout; timeout 10s; size 65536; }
          map persist { type {{words.AddressType}} : mark; flags dynamic,timeout; timeout 10s; size 65536; }
          map group_of { type {{words.AddressType}} : mark; elements = { {{MappedAddress.ToText(words.Service)}} : 0x{{Group:x8}} }
          }
          map member_group { type {{words.AddressType}} . inet_service : mark; }
          map snat_of { type mark : {{words.AddressType}}; }
          map members { type mark : {{words.AddressType}} . inet_service; elements = { 0x{{Mark:x8}} : {{MappedAddress.ToText(words.Member)}} . 8080 }
          }
          map origins { type ifname . {{words.AddressType}} : mark; flags interval; elements = { "lo" . {{MappedAddress.ToText(words.Network)}}-{{MappedAddress.ToText(words.Member)}} : 0x{{Mark:x8}} }
          }
          chain source_of_some {
            snat {{words.Ip}} to oifname map { "lo" : {{MappedAddress.ToText(words.Service)}} }
            snat {{words.Ip}} to jhash {{words.Ip}} saddr mod 2 seed 0x5eed map { 0 : {{MappedAddress.ToText(words.Service)}}, 1 : {{MappedAddress.ToText(words.Member)}} }
          }
          map sources { type mark : verdict; elements = { 0x{{Mark:x8}} : goto source_of_some }
          }
          chain returning {
            ct mark set {{words.Ip}} saddr map @persist
            ct mark { 0x{{Mark:x8}} } return
            add @persist { {{words.Ip}} saddr : ct mark }
            ct mark set jhash {{words.Ip}} saddr . {{words.Ip}} daddr . th sport . th dport mod 2 seed 0x5eed map { 0 : 0x{{Mark:x8}}, 1 : 0x{{Mark:x8}} }
          }
          chain service {
            iifname != { "lo" } return
            meta mark set jhash {{words.Ip}} saddr . udp sport mod 4294967295 seed 0x5eed
            ct mark set meta mark map @recent
            ct mark & 0xfffff000 != 0x{{Mark:x8}} ct mark set numgen inc mod 2 map { 0 : 0x{{Mark:x8}}, 1 : 0x{{Mark:x8}} }
            ct mark & 0xffc00000 == @gated drop
            meta l4proto tcp dnat {{words.Ip}} to ct mark map @members
          }
          map services { type {{words.AddressType}} . inet_proto . inet_service : verdict; elements = { {{MappedAddress.ToText(words.Service)}} . udp . 80 : goto service }
          }
          chain lease_check {
            meta mark set {{words.Ip}} daddr map @group_of
            meta mark != @lease drop
            meta mark set 0
          }
          chain lease {
            type filter hook prerouting priority raw; policy accept;
            {{words.Ip}} daddr @floating jump lease_check
          }
          chain unknown {
            {{words.Ip}} saddr . tcp sport . {{words.Ip}} daddr . tcp dport @doubted reject with tcp reset
            add @doubted { {{words.Ip}} saddr . tcp sport . {{words.Ip}} daddr . tcp dport }
          }
          chain lost {
            meta mark set {{words.Ip}} saddr . tcp sport map @member_group
            meta mark @lease meta l4proto tcp goto unknown
          }
          chain guard {
            type filter hook prerouting priority mangle; policy accept;
            ct state new {{words.Ip}} daddr @floating tcp flags & (fin|syn|rst|ack) != syn drop
            ct state invalid {{words.Ip}} saddr . meta l4proto . th sport @endpoints goto lost
            ct state new fib daddr type != local {{words.Ip}} saddr . meta l4proto . tcp sport @endpoints drop
          }
          chain dispatch {
            type nat hook prerouting priority dstnat; policy accept;
            fib daddr type local {{words.Ip}} daddr . meta l4proto . th dport vmap @services
            fib daddr type unicast meta l4proto { tcp, udp, {{words.Ping}} } ct mark set iifname . {{words.Ip}} saddr map @origins
            meta l4proto {{words.Ping}} ct event set 0x0
          }
          chain local {
            type filter hook input priority filter; policy accept;
            {{words.Ip}} daddr @floating {{words.Icmp}} accept
            {{words.Ip}} daddr @floating meta l4proto tcp reject with tcp reset
            {{words.Ip}} daddr @floating reject
          }
          chain relay {
            type filter hook forward priority filter; policy accept;
            ct mark & 0xffc00000 != @lease drop
            tcp flags & (fin|rst) != 0 ct mark set ct mark | 0x1 ct event set destroy,protoinfo accept
            ct state new meta l4proto tcp ct event set assured,destroy
            ct state new meta l4proto udp ct event set reply,destroy
            ct direction original update @recent { meta mark : ct mark } meta mark set 0
          }
          chain announce {
            type filter hook output priority filter; policy accept;
            {{words.Ip}} saddr @floating jump lease_check
          }
          chain source {
            type nat hook postrouting priority srcnat; policy accept;
            snat {{words.Ip}} to ct mark & 0xfffff000 map @snat_of
            ct mark & 0xfffff000 vmap @sources
          }
        }

        """;

    /// <summary>What the tables of the two families differ in, and hosts of a network for documentation.</summary>
    internal sealed record Words(string Ip, string AddressType, string Ping, string Icmp, UInt128 Network)
    {
        public UInt128 Client => Network + 1;

        public UInt128 Service => Network + 2;

        public UInt128 Member => Network + 3;
    }
}
