using System.Runtime.InteropServices;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Nftables;

/// <summary>
/// A context of libnftables: takes what the command <c>nft</c> takes, without starting it. Every call is one transaction: all of it or
/// nothing. Safe for several threads, one at a time; who must not wait behind a long transaction (the lease) has a context of its own.
/// <para>
/// The context keeps the namespace it was opened in, but names of interfaces are resolved in the caller's: write <c>iifname</c>, which
/// the kernel compares, and never <c>iif</c>, which the library would look up.
/// </para>
/// </summary>
public sealed class NftablesContext : IDisposable
{
    /// <summary>Numbers, not names: names come from files that differ between machines.</summary>
    private const NftablesOutput Numeric = NftablesOutput.OutputNumericProto | NftablesOutput.OutputNumericPrio | NftablesOutput.OutputNumericSymbol;

    private readonly Lock _lock = new();
    private readonly ContextHandle _context;

    private NftablesContext(ContextHandle context) => _context = context;

    /// <exception cref="DllNotFoundException">libnftables.so.1 is not installed.</exception>
    public static NftablesContext Open(NamespaceThread thread) => thread.Run(() => new NftablesContext(new ContextHandle()));

    /// <summary>Applies commands, one or many, separated by newlines or semicolons, as one transaction.</summary>
    /// <exception cref="NftablesException">Refused; nothing was applied.</exception>
    public void Run(string commands)
    {
        lock (_lock) Execute(commands, Numeric);
    }

    /// <summary>Runs a listing command and returns its output in nft's own language (set timeouts in milliseconds).</summary>
    /// <exception cref="NftablesException">Refused, for instance because the table does not exist.</exception>
    public string QueryText(string command)
    {
        lock (_lock) return Execute(command, Numeric);
    }

    /// <summary>Runs a listing command and returns its output as JSON (libnftables-json(5); set timeouts in whole seconds).</summary>
    /// <exception cref="NftablesException">Refused, for instance because the table does not exist.</exception>
    public string Query(string command)
    {
        lock (_lock) return Execute(command, Numeric | NftablesOutput.OutputJson);
    }

    public void Dispose()
    {
        lock (_lock) _context.Dispose();
    }

    private string Execute(string commands, NftablesOutput output)
    {
        ArgumentNullException.ThrowIfNull(commands);
        LibNftables.nft_ctx_output_set_flags(_context, output);
        var several = commands.AsSpan().TrimEnd('\n').Contains('\n');
        var succeeded = (several ? RunFile(commands) : LibNftables.nft_run_cmd_from_buffer(_context, commands)) == 0;
        // Reading a buffer empties it for the next call: both are read always.
        var printed = _context.TakeOutput();
        var error = _context.TakeError();
        return succeeded ? printed : throw new NftablesException(error, commands);
    }

    /// <summary>Of a buffer with several lines the library quotes the first, whichever is wrong; of a file it names and quotes the right one.</summary>
    private int RunFile(string commands)
    {
        using var memory = Libc.memfd_create("nftables", MemoryFileFlags.Cloexec);
        if (memory.IsInvalid) throw KernelException.Last("memfd_create");
        var path = $"/proc/self/fd/{memory.DangerousGetHandle()}";
        File.WriteAllText(path, commands);
        return LibNftables.nft_run_cmd_from_filename(_context, path);
    }

    private sealed class ContextHandle : SafeHandle
    {
        public ContextHandle()
            : base(0, ownsHandle: true)
        {
            SetHandle(LibNftables.nft_ctx_new(NftablesOutput.Default));
            if (IsInvalid || LibNftables.nft_ctx_buffer_output(handle) != 0 || LibNftables.nft_ctx_buffer_error(handle) != 0)
                throw new IOException("libnftables cannot open a context");
        }

        public override bool IsInvalid => handle == 0;

        public string TakeOutput() => Marshal.PtrToStringUTF8(LibNftables.nft_ctx_get_output_buffer(handle)) ?? "";

        public string TakeError() => Marshal.PtrToStringUTF8(LibNftables.nft_ctx_get_error_buffer(handle)) ?? "";

        protected override bool ReleaseHandle()
        {
            LibNftables.nft_ctx_free(handle);
            return true;
        }
    }
}
