using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Runs;

namespace ActorMirror.Lab.Networks;

/// <summary>The network of a run: built from a plan, its links cut and healed, its hosts killed and made again.</summary>
internal sealed class LabNetwork(Run run, NetworkPlan plan)
{
    // A switch filters nothing; Linux has its bridges ask netfilter three times per frame by default (br_netfilter), at the cost of the devices.
    private const string NoFilter = "for f in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e $f ] || echo 0 >$f; done";

    private string Switch => run.Namespace("switch");

    public NetworkPlan Plan => plan;

    /// <summary>The namespace of a host.</summary>
    public string Host(string name) => run.Namespace(name);

    /// <summary>The namespace of a device's data plane. It belongs to the lab, so that it outlives a killed daemon.</summary>
    public string DataPlane(string device) => run.Namespace($"{device}-dp");

    public async Task BuildAsync(CancellationToken stop)
    {
        await AddNamespacesAsync([Switch], stop);
        await Shell.RequireAsync("ip", ["netns", "exec", Switch, "sh", "-ec", NoFilter], stop: stop);
        var bridges = plan.Segments.SelectMany(segment => (string[])
        [
            // Without delay and snooping a port forwards from the moment it is up.
            $"link add {segment} type bridge forward_delay 0 mcast_snooping 0",
            $"link set {segment} up",
        ]);
        await IpAsync(Switch, bridges, stop);
        foreach (var host in plan.Hosts) await AddHostAsync(host, stop);
    }

    /// <summary>Makes a host, or makes it again after <see cref="RemoveHostAsync"/>: empty, as a machine that was replaced.</summary>
    public async Task AddHostAsync(HostPlan host, CancellationToken stop)
    {
        var name = Host(host.Name);
        await AddNamespacesAsync(NamespacesOf(host), stop);
        await IpAsync(null, host.Links.Select(l => $"link add {l.Interface} netns {name} type veth peer name {Port(host.Name, l)} netns {Switch}"), stop);
        await IpAsync(Switch, host.Links.SelectMany(l => Connect(host.Name, l)), stop);

        List<string> lines = ["link set lo up"];
        foreach (var link in host.Links)
        {
            if (link.Address is not null) lines.Add($"addr add {link.Address} dev {link.Interface}");
            if (link.Address6 is not null) lines.Add($"addr add {link.Address6} dev {link.Interface} nodad"); // the addresses of a lab are unique: usable at once
            lines.Add($"link set {link.Interface} up");
        }

        if (host.Gateway is not null) lines.Add($"route add default via {host.Gateway}");
        if (host.Gateway6 is not null) lines.Add($"route add ::/0 via {host.Gateway6}");
        await IpAsync(name, lines, stop);
        if (host.DataPlane) await IpAsync(DataPlane(host.Name), ["link set lo up"], stop);
    }

    /// <summary>The machine is gone: all its processes killed, its links and namespaces deleted.</summary>
    public async Task RemoveHostAsync(HostPlan host)
    {
        var names = NamespacesOf(host).ToList();
        await Cleaner.EndAsync(() => Namespaces.Members(names));

        // A deleted namespace gives up its links some time later; taken away from here they are gone at once, for the machine that comes next.
        await IpAsync(Switch, host.Links.Select(l => $"link del {Port(host.Name, l)}"), CancellationToken.None);
        await Cleaner.DeleteAsync(names);
    }

    /// <summary>Takes the ports down: both ends see the loss of carrier.</summary>
    public Task CutAsync(IEnumerable<(string Host, LinkPlan Link)> links) =>
        IpAsync(Switch, links.Select(l => $"link set {Port(l.Host, l.Link)} down"), CancellationToken.None);

    /// <summary>Takes the ports out of their segment: the carrier stays, nothing passes.</summary>
    public Task IsolateAsync(IEnumerable<(string Host, LinkPlan Link)> links) =>
        IpAsync(Switch, links.Select(l => $"link set {Port(l.Host, l.Link)} nomaster"), CancellationToken.None);

    public Task HealAsync(IEnumerable<(string Host, LinkPlan Link)> links) =>
        IpAsync(Switch, links.SelectMany(l => Connect(l.Host, l.Link)), CancellationToken.None);

    private IEnumerable<string> NamespacesOf(HostPlan host) => host.DataPlane ? [Host(host.Name), DataPlane(host.Name)] : [Host(host.Name)];

    private static string[] Connect(string host, LinkPlan link) =>
        [$"link set {Port(host, link)} master {link.Segment}", $"link set {Port(host, link)} up"];

    private static string Port(string host, LinkPlan link) => $"{host}-{link.Interface}";

    private async Task AddNamespacesAsync(IEnumerable<string> names, CancellationToken stop)
    {
        var list = names.ToList();
        foreach (var name in list) run.Note(name); // before it exists, so that none is ever forgotten
        await IpAsync(null, list.Select(n => $"netns add {n}"), stop);
    }

    private static async Task IpAsync(string? networkNamespace, IEnumerable<string> lines, CancellationToken stop)
    {
        string[] where = networkNamespace is null ? [] : ["-n", networkNamespace];
        var batch = string.Join('\n', lines) + "\n";
        var result = await Shell.RunAsync("ip", [.. where, "-batch", "-"], batch, stop);
        if (result.ExitCode != 0) throw new CommandException($"ip {string.Join(' ', where)}: {result.Error.Trim()}");
    }
}
