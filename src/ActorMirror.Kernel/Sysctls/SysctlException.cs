namespace ActorMirror.Kernel.Sysctls;

/// <summary>A sysctl is missing, may not be accessed in this namespace, or refused a value.</summary>
public sealed class SysctlException(string name, string value, Exception cause)
    : IOException(Describe(name, value, cause), cause)
{
    public string Name { get; } = name;

    public bool IsMissing => InnerException is FileNotFoundException or DirectoryNotFoundException;

    private static string Describe(string name, string value, Exception cause) =>
        cause is FileNotFoundException or DirectoryNotFoundException
            ? $"the kernel has no sysctl {name} here: its module is not loaded, or it exists only in the host's network namespace"
            : value.Length == 0 ? $"cannot read sysctl {name}: {cause.Message}" : $"cannot set sysctl {name} to '{value}': {cause.Message}";
}
