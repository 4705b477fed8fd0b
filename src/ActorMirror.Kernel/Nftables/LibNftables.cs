using System.Runtime.InteropServices;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Nftables;

/// <summary>&lt;nftables/libnftables.h&gt;, under its C names.</summary>
internal static partial class LibNftables
{
    private const string Library = "libnftables.so.1";

    [LibraryImport(Library)]
    public static partial nint nft_ctx_new(NftablesOutput flags);

    [LibraryImport(Library)]
    public static partial void nft_ctx_free(nint context);

    [LibraryImport(Library)]
    public static partial int nft_ctx_buffer_output(nint context);

    [LibraryImport(Library)]
    public static partial int nft_ctx_buffer_error(nint context);

    [LibraryImport(Library)]
    public static partial nint nft_ctx_get_output_buffer(nint context);

    [LibraryImport(Library)]
    public static partial nint nft_ctx_get_error_buffer(nint context);

    [LibraryImport(Library)]
    public static partial void nft_ctx_output_set_flags(SafeHandle context, NftablesOutput flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int nft_run_cmd_from_buffer(SafeHandle context, string commands);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int nft_run_cmd_from_filename(SafeHandle context, string path);
}

/// <summary>How a context prints.</summary>
[Flags]
[KernelHeader("nftables/libnftables.h", "NFT_CTX_")]
internal enum NftablesOutput : uint
{
    Default = 0, // NFT_CTX_DEFAULT
    OutputJson = 1 << 4,
    OutputNumericProto = 1 << 7,
    OutputNumericPrio = 1 << 8,
    OutputNumericSymbol = 1 << 9,
}
