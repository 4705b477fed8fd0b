using System.Collections.Immutable;
using ActorMirror.Cluster.Corosync.Daemon;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel;
using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Probes;
using ActorMirror.Node.Worker;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Supervisor;

/// <summary>
/// What this machine lacks, all of it at once and before anything is touched. Made once, when the supervisor starts: a worker that is replaced meets the same machine,
/// and the others wait for it.
/// </summary>
internal static class StartChecks
{
    /// <summary>The machine is not fit; 1 is a configuration with errors, 2 a failure on the way.</summary>
    public const int ExitCode = 3;

    /// <summary>A sentence in the log for each thing that is missing.</summary>
    /// <returns>False: without one of them the data plane, or the cluster, cannot work.</returns>
    public static bool Pass(DeviceGroupModel model, string configuration, ILogger log)
    {
        if (model.NotifyHook is { } hook && NotifyHook.ProblemOf(hook) is { } problem)
            log.LogWarning("The notify hook {Path} (actormirror.notify-hook in {File}) {Problem}: role changes are told to nobody", hook, configuration, problem);
        string[] missing = [.. Privileges(), .. Kernel(model), .. Engine(model), .. Interfaces(model, configuration)];
        foreach (var sentence in missing) log.LogError("{Missing}", sentence);
        if (missing.Length > 0) log.LogError("This machine lacks what the daemon needs; nothing was started");
        return missing.Length == 0;
    }

    private static IEnumerable<string> Privileges() =>
        Environment.IsPrivilegedProcess ? [] : ["The daemon does not run as root: start it as root"];

    private static IEnumerable<string> Kernel(DeviceGroupModel model) =>
        from result in KernelProbe.Run(ipv6: !model.Ipv6Vlans.IsEmpty, byBytes: model.Listeners.Any(l => l.Mirror.AfterBytes is not null), ftp: model.HasFtp)
        where !result.Ok
        select result.Remedy.Length == 0 ? $"{result.Name}: {result.Sentence}" : $"{result.Name}: {result.Sentence}: {result.Remedy}";

    private static IEnumerable<string> Engine(DeviceGroupModel model) =>
        model.Cluster.Engine == ClusterEngineKind.Corosync ? CorosyncInstallation.Missing() : [];

    /// <summary>Where they are before the first start, or where an earlier one moved them.</summary>
    private static IEnumerable<string> Interfaces(DeviceGroupModel model, string configuration)
    {
        var own = model.DataPlane.Namespace;
        var known = NamesIn(null);
        if (own is not null && NetworkNamespace.Exists(own)) known = NamesIn(own) is { } inside ? known?.Union(inside) : null;
        if (known is null) return [];
        var places = own is null ? "" : $" or in the network namespace '{own}'";
        return
            from vlan in model.Vlans
            where vlan.InDataPlane && !known.Contains(vlan.Interface)
            select $"There is no interface '{vlan.Interface}' in the host's network namespace{places}: " +
                $"make it, or correct actormirror.vlans.{vlan.Name}.interface in {configuration}";
    }

    /// <summary>Null: it may not be entered, as the probe of network namespaces says.</summary>
    private static ImmutableHashSet<string>? NamesIn(string? name)
    {
        try
        {
            using var thread = NamespaceThread.Enter(name);
            using var links = NetworkLinks.Open(thread);
            return [.. links.List().Select(link => link.Name)];
        }
        catch (KernelException)
        {
            return null;
        }
    }
}
