using System.Runtime.InteropServices;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Nftables;

/// <summary>&lt;nftables/libnftables.h&gt;, under its C names.</summary>
[KernelHeader("nftables/libnftables.h")]
internal static partial class LibNftables
{
    private const string Library = "libnftables.so.1";

    public const uint NFT_CTX_DEFAULT = 0;
    public const uint NFT_CTX_OUTPUT_JSON = 1 << 4;
    public const uint NFT_CTX_OUTPUT_NUMERIC_PROTO = 1 << 7;
    public const uint NFT_CTX_OUTPUT_NUMERIC_PRIO = 1 << 8;
    public const uint NFT_CTX_OUTPUT_NUMERIC_SYMBOL = 1 << 9;
    public const uint NFT_CTX_OUTPUT_NUMERIC_TIME = 1 << 10;

    public const uint NFT_CTX_OUTPUT_NUMERIC_ALL =
        NFT_CTX_OUTPUT_NUMERIC_PROTO | NFT_CTX_OUTPUT_NUMERIC_PRIO | NFT_CTX_OUTPUT_NUMERIC_SYMBOL | NFT_CTX_OUTPUT_NUMERIC_TIME;

    [LibraryImport(Library)]
    public static partial nint nft_ctx_new(uint flags);

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
    public static partial void nft_ctx_output_set_flags(SafeHandle context, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int nft_run_cmd_from_buffer(SafeHandle context, string commands);
}
