namespace ActorMirror.Kernel.Sysctls;

/// <summary>
/// The name of a network sysctl, <c>net.ipv4.ip_forward</c> or <c>net/ipv4/conf/ext.100/arp_ignore</c>: as in sysctl(8), the first separator
/// decides, so that an interface's name with a dot can be written.
/// </summary>
internal static class SysctlName
{
    /// <returns>The path under /proc/sys.</returns>
    /// <exception cref="ArgumentException">Not a name under <c>net</c>: nothing else belongs to a network namespace.</exception>
    public static string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var separator = name.AsSpan().IndexOfAny('.', '/') is var at && at >= 0 ? name[at] : '.';
        var parts = name.Split(separator);
        if (parts.Length < 3 || parts[0] != "net" || parts.Any(IsNoFileName)) throw new ArgumentException($"'{name}' is not the name of a network sysctl", nameof(name));
        return $"/proc/sys/{string.Join('/', parts)}";
    }

    private static bool IsNoFileName(string part) =>
        part is "" or "." or ".." || part.Any(character => character is '/' or '\0' || char.IsControl(character));
}
