using ActorMirror.Domain.Addresses;
using ActorMirror.Kernel.Announcements;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Lab.Faults;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Tests.Devices;

/// <summary>What a device says when the network does not take its word, and whom it tells of its roles.</summary>
public sealed class AnnouncementTests : IDisposable
{
    private const string Unanswered = "announcement-unanswered";
    private const string Conflict = "address-conflict";
    private const string Virtual = "10.10.0.100";

    private readonly string folder = Directory.CreateTempSubdirectory("am-announce-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [PrivilegedFact]
    public async Task A_deaf_network_and_a_rival_are_alarms_and_a_planned_handover_is_no_rivalry()
    {
        await using var site = await Site.BuildAsync(s => s with { Configuration = Configuration(s.Configuration!) });
        await site.StartAsync("a", "b");
        await site.OpenAsync(tcp: 40, udp: 0);
        var client = site.Network.Host("client");
        await InAsync(client, $$"""nft 'table arp deaf { chain c { type filter hook input priority 0; arp saddr ip {{Virtual}} drop; }; }'""");
        var old = await site.Cluster.ResolveAsync("active(tg1)");

        await site.DoAsync(new Step { Fault = FaultKind.ForceStandby, TrafficGroup = "tg1", Measured = false });

        await Site.UntilAsync(async () => (await AlarmsAsync(site)).Any(a => a is { Id: Unanswered, Object: Virtual }), "the silence is an alarm");
        await InAsync(client, "nft delete table arp deaf");
        await Site.UntilAsync(async () => !(await AlarmsAsync(site)).Any(a => a.Id == Unanswered), "the first packet ends it");
        (await AlarmsAsync(site)).ShouldAllBe(a => a.Id != Conflict, string.Join("\n\n", site.Cluster.Devices.Select(device => device.Tail(60))));
        (await site.Cluster.ResolveAsync("active(tg1)")).ShouldNotBe(old);

        using var place = NamespaceThread.Enter(client);
        using var rival = GratuitousArp.Open(place, "eth0");
        await Site.UntilAsync(async () =>
        {
            rival.Announce(Address.FromV4(0x0a0a0064).Value);
            return (await AlarmsAsync(site)).Any(a => a is { Id: Conflict, Object: Virtual });
        }, "the rival is an alarm");
        var mac = (await InAsync(client, "cat /sys/class/net/eth0/address")).Trim();
        (await AlarmsAsync(site)).Single(a => a.Id == Conflict).Text.ShouldContain($"{mac} on ext claims it too");

        await Site.UntilAsync(() => Task.FromResult(File.ReadAllText(Told).Contains($"{old.Name} tg1 mirror")), "the hook of the old owner has been run");
        File.ReadAllText(Told).ShouldContain($"{old.Name} tg1 active");
    }

    private string Told => Path.Combine(folder, "told");

    /// <summary>Idle timeouts so short that forty connections are expected to be heard within seconds.</summary>
    private string Configuration(string of)
    {
        var hook = Path.Combine(folder, "hook");
        File.WriteAllText(hook, $"#!/bin/sh\necho \"$ACTORMIRROR_DEVICE $1 $2\" >> {Told}\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var file = Path.Combine(folder, "group.conf");
        File.WriteAllText(file, $$"""
            include file("{{of}}")
            actormirror {
              virtual-servers.tcp-1.idle-timeout = 20 s
              notify-hook = "{{hook}}"
            }
            """);
        return file;
    }

    private static async Task<IReadOnlyList<AlarmReport>> AlarmsAsync(Site site) =>
        [.. (await site.Cluster.StatusAsync()).Values.SelectMany(status => status.Alarms)];

    private static Task<string> InAsync(string place, string command) => Shell.RequireAsync("ip", ["netns", "exec", place, "sh", "-ec", command]);
}
