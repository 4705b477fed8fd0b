using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Kernel.Sysctls;

/// <summary>The network sysctls of one namespace. Used by one thread at a time.</summary>
/// <param name="overwriting">Told name and old value before a value is replaced, for who wants to <see cref="Restore"/> it.</param>
public sealed class SysctlValues(NamespaceThread thread, Action<string, string>? overwriting = null)
{
    public bool Exists(string name)
    {
        var path = SysctlName.PathOf(name);
        return thread.Run(() => File.Exists(path));
    }

    /// <exception cref="ArgumentException">Not the name of a network sysctl.</exception>
    /// <exception cref="SysctlException">The kernel has no such sysctl, or it may not be read.</exception>
    public string Read(string name) => Access(name, static (path, _) => File.ReadAllText(path).TrimEnd());

    /// <summary>Writes the value; a value that is already there is left alone.</summary>
    /// <exception cref="ArgumentException">Not the name of a network sysctl.</exception>
    /// <exception cref="SysctlException">The kernel has no such sysctl, it may not be written here, or it refused the value.</exception>
    public void Write(string name, string value)
    {
        var old = Read(name);
        if (old == value) return;
        overwriting?.Invoke(name, old);
        WriteFile(name, value);
    }

    /// <summary>Writes back what was there before. All are tried; those that fail are reported together.</summary>
    /// <exception cref="AggregateException">Holds a <see cref="SysctlException"/> per value that could not be written back.</exception>
    public void Restore(IReadOnlyDictionary<string, string> before)
    {
        ArgumentNullException.ThrowIfNull(before);
        List<Exception> failures = [];
        foreach (var (name, value) in before)
        {
            try
            {
                WriteFile(name, value);
            }
            catch (SysctlException exception)
            {
                failures.Add(exception);
            }
        }

        if (failures.Count > 0) throw new AggregateException("not every sysctl could be restored", failures);
    }

    private void WriteFile(string name, string value) => Access(name, static (path, text) =>
    {
        File.WriteAllText(path, text);
        return text;
    }, value);

    private string Access(string name, Func<string, string, string> access, string value = "")
    {
        var path = SysctlName.PathOf(name);
        // The kernel shows the sysctls of the namespace of the thread that opens the file.
        return thread.Run(() =>
        {
            try
            {
                return access(path, value);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new SysctlException(name, value, exception);
            }
        });
    }
}
