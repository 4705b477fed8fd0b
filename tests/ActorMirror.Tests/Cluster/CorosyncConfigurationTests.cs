using System.Collections.Immutable;
using ActorMirror.Cluster;
using ActorMirror.Cluster.Corosync.Daemon;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Tests.Cluster;

public sealed class CorosyncConfigurationTests
{
    [Fact]
    public void Three_devices_with_two_links() => CorosyncConfiguration.Write(Model(devices: 3, links: 2, key: "/etc/am/key"), "/state", "/log").ShouldBe(
        """
        totem {
            version: 2
            cluster_name: dg1
            transport: knet
            crypto_model: openssl
            crypto_cipher: aes256
            crypto_hash: sha256
            keyfile: /etc/am/key
            token: 200
            token_coefficient: 0
            consensus: 240
            join: 40
            seqno_unchanged_const: 1
            link_mode: active
            interface {
                linknumber: 0
                knet_ping_interval: 100
                knet_ping_timeout: 800
                knet_pong_count: 1
            }
            interface {
                linknumber: 1
                knet_ping_interval: 100
                knet_ping_timeout: 800
                knet_pong_count: 1
            }
        }
        quorum {
            provider: corosync_votequorum
            two_node: 0
            wait_for_all: 0
        }
        system {
            sched_rr: yes
            allow_knet_handle_fallback: yes
            state_dir: /state
        }
        logging {
            to_stderr: no
            to_syslog: no
            to_logfile: yes
            logfile: /log
            timestamp: hires
        }
        nodelist {
            node {
                nodeid: 1
                name: d1
                ring0_addr: 10.0.0.1
                ring1_addr: 10.0.1.1
            }
            node {
                nodeid: 2
                name: d2
                ring0_addr: 10.0.0.2
                ring1_addr: 10.0.1.2
            }
            node {
                nodeid: 3
                name: d3
                ring0_addr: 10.0.0.3
                ring1_addr: 10.0.1.3
            }
        }

        """);

    [Fact]
    public void One_link_and_no_key()
    {
        var text = CorosyncConfiguration.Write(Model(devices: 3, links: 1), "/state", "/log");
        text.ShouldContain("crypto_cipher: none");
        text.ShouldContain("crypto_hash: none");
        text.ShouldNotContain("link_mode");
        text.ShouldNotContain("keyfile");
    }

    [Fact]
    public void A_pair_is_refused_unless_it_is_accepted_as_unsafe()
    {
        Should.Throw<ClusterEngineException>(() => CorosyncConfiguration.Write(Model(devices: 2, links: 2), "/state", "/log"))
            .Message.ShouldContain("allow-unsafe-pair");
        var text = CorosyncConfiguration.Write(Model(devices: 2, links: 2, unsafePair: true), "/state", "/log");
        text.ShouldContain("two_node: 1");
        text.ShouldContain("wait_for_all: 1");
    }

    [Fact]
    public void Devices_without_links_are_refused() =>
        Should.Throw<ClusterEngineException>(() => CorosyncConfiguration.Write(Model(devices: 3, links: 0), "/state", "/log")).Message.ShouldContain("cluster-links");

    private static DeviceGroupModel Model(int devices, int links, string? key = null, bool unsafePair = false)
    {
        var all = Enumerable.Range(1, devices).Select(id => new Device(
            new DeviceId(id),
            $"d{id}",
            Address.Parse($"10.9.0.{id}"),
            Address.Parse($"10.8.0.{id}"),
            [.. Enumerable.Range(0, links).Select(link => Address.Parse($"10.0.{link}.{id}"))])).ToImmutableArray();
        return new DeviceGroupModel
        {
            GroupName = "dg1",
            Self = all[0],
            Devices = all,
            Vlans = [],
            SelfIps = [],
            TrafficGroups = [],
            VirtualAddresses = [],
            VirtualServers = [],
            Pools = [],
            Cluster = new ClusterSettings(
                ClusterEngineKind.Corosync,
                Token: TimeSpan.FromMilliseconds(200),
                Consensus: TimeSpan.FromMilliseconds(240),
                Join: TimeSpan.FromMilliseconds(40),
                Lease: TimeSpan.FromMilliseconds(600),
                Heartbeat: TimeSpan.FromMilliseconds(25),
                KeyFile: key,
                AllowUnsafePair: unsafePair,
                Flap: new FlapSettings(3, TimeSpan.FromMinutes(1))),
            DataPlane = new DataPlaneSettings(null, OnUnknown.Reset),
            Mirroring = new MirroringSettings(1029, 1155, 1000, 0, 100, TimeSpan.FromMinutes(1), PlainText: true),
        };
    }
}
