using System.Globalization;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.DataPlane.Host;

/// <summary>
/// What was changed in a namespace that is not ours alone, to be undone at a clean stop. Each change is written down before it is made, a line
/// each, so that the successor of a killed worker knows what its predecessor found.
/// </summary>
internal sealed class HostChanges
{
    private readonly string file;
    private readonly Dictionary<string, string> sysctls = [];
    private readonly List<(string Interface, Address Address, int Length)> addresses = [];

    /// <param name="file">Where it does not outlive a reboot: the changes do not either.</param>
    public HostChanges(string file)
    {
        this.file = file;
        if (!File.Exists(file)) return;
        foreach (var line in File.ReadLines(file)) Read(line.Split(' '));
    }

    /// <summary>Settings that were overwritten, with the values they had.</summary>
    public IReadOnlyDictionary<string, string> Sysctls => sysctls;

    /// <summary>Addresses that were not there before.</summary>
    public IReadOnlyList<(string Interface, Address Address, int Length)> Addresses => addresses;

    /// <summary>The first value counts: a later one is our own.</summary>
    public void Overwriting(string sysctl, string value)
    {
        if (sysctls.TryAdd(sysctl, value)) Append($"sysctl {sysctl} {value}");
    }

    public void Adding(string device, Address address, int length)
    {
        if (addresses.Contains((device, address, length))) return;
        addresses.Add((device, address, length));
        Append($"address {device} {address} {length}");
    }

    /// <summary>Everything is as it was.</summary>
    public void Clear()
    {
        sysctls.Clear();
        addresses.Clear();
        File.Delete(file);
    }

    private void Append(string line) => File.AppendAllText(file, line + "\n");

    /// <summary>A line that was cut short by the end of the worker was of a change that was not made.</summary>
    private void Read(string[] words)
    {
        if (words is ["sysctl", var name, .. var value]) sysctls.TryAdd(name, string.Join(' ', value));
        if (words is ["address", var device, var text, var bits] && Address.TryParse(text, out var address)
            && int.TryParse(bits, CultureInfo.InvariantCulture, out var length)) addresses.Add((device, address, length));
    }
}
