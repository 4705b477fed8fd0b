using ActorMirror.Kernel.Nftables;
using ActorMirror.Kernel.Sysctls;

namespace ActorMirror.Kernel.Probes;

/// <summary>A probe was not made because an earlier one failed.</summary>
internal sealed class ProbeNotTriedException(string ground) : Exception($"not tried: it needs {ground}");

/// <summary>The kernel cannot read or translate FTP.</summary>
internal sealed class HelperMissingException(string message) : Exception(message);

/// <summary>From what went wrong to what an operator can do about it.</summary>
internal static class ProbeRemedies
{
    private const string Modules =
        "the kernel needs nf_tables, nf_conntrack, nft_chain_nat, nft_ct, nft_fib_ipv4 (nft_fib_ipv6), nft_hash, nft_numgen and nft_reject, and CONFIG_NF_CONNTRACK_LABELS for mirroring by bytes: " +
        "a distribution's kernel of 6.1 or later has them (Debian: linux-image-amd64, not the -cloud image)";

    public static (string Reason, string Remedy) Explain(Exception exception) => exception switch
    {
        ProbeNotTriedException => (exception.Message, ""),
        HelperMissingException => (exception.Message, "modprobe nf_nat_ftp, and a line nf_nat_ftp in a file of /etc/modules-load.d; or leave profile = ftp out"),
        DllNotFoundException => ("libnftables.so.1 is not installed", "apt-get install libnftables1"),
        KernelException { Errno: Errno.EPERM or Errno.EACCES } => (exception.Message, "run as root, or with CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW"),
        NftablesException when exception.Message.Contains("not permitted", StringComparison.Ordinal) => (exception.Message, "run as root, or with CAP_NET_ADMIN"),
        KernelException { Errno: Errno.ENOSPC } => (exception.Message, "raise user.max_net_namespaces"),
        KernelException { Errno: Errno.ENOSYS } => (exception.Message, "a kernel of 6.1 or later is needed"),
        KernelException { Errno: Errno.EPROTONOSUPPORT } => (exception.Message, "modprobe nf_conntrack_netlink"),
        SysctlException => (exception.Message, "a container needs /proc/sys/net writable (privileged, or mounted so)"),
        _ => (exception.Message, Modules),
    };
}
