using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Faults;

/// <summary>Does to a device what a scenario asks for.</summary>
internal sealed class FaultInjector(LabNetwork network)
{
    /// <summary>The monotonic instant just before the deed: what the deed itself takes counts against the device.</summary>
    /// <exception cref="CommandException">The fault could not be made.</exception>
    public async Task<long> InjectAsync(Step step, LabDevice device)
    {
        var deed = Prepare(step, device);
        var zero = Monotonic.Now;
        await deed();
        return zero;
    }

    /// <summary>All that can be looked up beforehand, so that time zero is close to the deed.</summary>
    private Func<Task> Prepare(Step step, LabDevice device)
    {
        switch (step.Fault)
        {
            case FaultKind.KillDaemon:
                return Send(Signal.Kill, Worker(device));
            case FaultKind.KillSupervisor:
                device.MarkStopped();
                return Send(Signal.Kill, device.Supervisor!, Worker(device));
            case FaultKind.KillActor:
                return () => device.Control.KillActorAsync(Given(step.Actor, "actor"), step.Message);
            case FaultKind.KillDevice:
                return () => KillDeviceAsync(device);
            case FaultKind.FreezeDaemon:
                return Send(Signal.Stop, Worker(device));
            case FaultKind.FreezeDevice:
                return Send(Signal.Stop, [.. device.Processes()]);
            case FaultKind.Resume:
                return Send(Signal.Continue, [.. device.Processes()]);
            case FaultKind.CutLinks:
                return () => network.CutAsync(AllLinks(device));
            case FaultKind.CutMirror:
                return () => network.CutAsync(Links(device, s => s == Segment.Mirror));
            case FaultKind.CutExternal:
                return () => network.CutAsync(Links(device, s => s == Segment.External));
            case FaultKind.CutOneClusterLink:
                return () => network.CutAsync(Links(device, s => s == Segment.Management));
            case FaultKind.Partition:
                return () => network.IsolateAsync(Links(device, s => s is Segment.Mirror or Segment.Management));
            case FaultKind.Heal:
                return () => network.HealAsync(Links(device, _ => true));
            case FaultKind.ForceStandby:
                return () => device.Control.ForceStandbyAsync(Given(step.TrafficGroup, "traffic-group"), step.To);
            case FaultKind.ConntrackFlush:
                return () => Shell.RequireAsync("ip", ["netns", "exec", network.DataPlane(device.Name), "conntrack", "-F"]);
            case FaultKind.RestartDevice:
                return () => RestartAsync(device);
            default:
                throw new CommandException($"unknown fault {step.Fault}");
        }
    }

    private async Task KillDeviceAsync(LabDevice device)
    {
        await network.CutAsync(AllLinks(device));
        await network.RemoveHostAsync(device.Host);
        device.Forget();
    }

    private async Task RestartAsync(LabDevice device)
    {
        if (!Namespaces.Exists(network.Host(device.Name))) await network.AddHostAsync(device.Host, CancellationToken.None);
        device.Start();
    }

    private static Func<Task> Send(Signal signal, params ProcessIdentity[] processes) => () =>
    {
        foreach (var process in processes) process.Send(signal);
        return Task.CompletedTask;
    };

    private static ProcessIdentity Worker(LabDevice device) =>
        device.Worker ?? throw new CommandException($"{device.Name} has no worker: {device.Tail()}");

    private static IEnumerable<(string, LinkPlan)> Links(LabDevice device, Func<string, bool> which) =>
        device.Host.Links.Where(l => which(l.Segment)).Select(l => (device.Name, l));

    /// <summary>Cluster links first: a device that lost only its external link would hand over in order before the others go.</summary>
    private static IEnumerable<(string, LinkPlan)> AllLinks(LabDevice device) =>
        Links(device, s => s is Segment.Management or Segment.Mirror).Concat(Links(device, s => s is not (Segment.Management or Segment.Mirror)));

    private static string Given(string? value, string word) => value ?? throw new CommandException($"the fault needs \"{word}\"");
}

/// <summary>Names of segments that faults know.</summary>
internal static class Segment
{
    public const string External = "external";
    public const string Internal = "internal";
    public const string Mirror = "mirror";
    public const string Management = "management";
}
