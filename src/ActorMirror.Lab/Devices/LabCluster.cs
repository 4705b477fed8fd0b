using System.Text.RegularExpressions;
using ActorMirror.Lab.Processes;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Devices;

/// <summary>The devices of a run, asked together.</summary>
internal sealed partial class LabCluster(IReadOnlyList<LabDevice> devices) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public IReadOnlyList<LabDevice> Devices => devices;

    public LabDevice this[string name] =>
        devices.FirstOrDefault(d => d.Name == name) ?? throw new CommandException($"there is no device \"{name}\"");

    /// <summary>The answers of the started devices, of those that do answer.</summary>
    public async Task<IReadOnlyDictionary<string, StatusReport>> StatusAsync(LabDevice? except = null)
    {
        var answers = await Task.WhenAll(devices.Where(d => d.IsStarted && d != except).Select(async d => (d.Name, Status: await d.Control.StatusAsync())));
        return answers.Where(a => a.Status is not null).ToDictionary(a => a.Name, a => a.Status!);
    }

    /// <summary>Asks until nothing is in the way.</summary>
    /// <exception cref="TimeoutException">It says what was in the way last.</exception>
    public async Task WaitAsync(
        Func<IReadOnlyCollection<string>, IReadOnlyDictionary<string, StatusReport>, string?> obstacle, TimeSpan patience, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(patience);
        while (obstacle([.. devices.Where(d => d.IsStarted).Select(d => d.Name)], await StatusAsync()) is { } reason)
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"after {patience.TotalSeconds} s: {reason}");
            await Task.Delay(Look, stop);
        }
    }

    /// <summary>Who is active for each group, as the actives themselves say.</summary>
    public static IReadOnlyDictionary<string, string> Actives(IReadOnlyDictionary<string, StatusReport> statuses) => statuses
        .SelectMany(s => s.Value.TrafficGroups.Where(g => g.Role is Role.Active or Role.HandingOver).Select(g => (Group: g.Name, Device: s.Key)))
        .GroupBy(a => a.Group).ToDictionary(g => g.Key, g => g.Last().Device);

    /// <summary>
    /// A device by its name or by its part: <c>active(GROUP)</c>, <c>next-active(GROUP)</c>, or <c>standby</c>: active for no group, next-active
    /// of one if there is such a device.
    /// </summary>
    /// <exception cref="CommandException">No device has that part.</exception>
    public async Task<LabDevice> ResolveAsync(string target)
    {
        var match = Part().Match(target);
        if (!match.Success && target != "standby") return this[target];

        var actives = (await StatusAsync()).Values.SelectMany(s => s.TrafficGroups).Where(g => g.Role == Role.Active).ToList();
        var active = actives.FirstOrDefault(g => g.Name == match.Groups[2].Value);
        var name = match.Groups[1].Value switch
        {
            "active" => active?.Active,
            "next-active" => active?.NextActive,
            _ => Devices.Where(d => d.IsStarted && actives.All(a => a.Active != d.Name)).MaxBy(d => actives.Count(a => a.NextActive == d.Name))?.Name,
        };
        return name is null ? throw new CommandException($"no device is {target}") : this[name];
    }

    public void Dispose()
    {
        foreach (var device in devices) device.Dispose();
    }

    [GeneratedRegex(@"^(active|next-active)\((.+)\)$")]
    private static partial Regex Part();
}
