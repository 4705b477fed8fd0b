using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using ActorMirror.Cluster.Corosync.Native;

namespace ActorMirror.Kernel.Tests.Cluster;

/// <summary>The cluster project's structs and constants equal corosync's headers and the C library's: compiled by gcc.</summary>
public sealed class CorosyncProofTests
{
    private const string Headers = "#define _GNU_SOURCE\n#include <stddef.h>\n#include <corosync/corotypes.h>\n#include <corosync/cpg.h>\n"
        + "#include <corosync/quorum.h>\n#include <corosync/cmap.h>\n#include <poll.h>\n#include <signal.h>\n#include <sched.h>\n#include <errno.h>\n#include <sys/uio.h>\n#include <sys/eventfd.h>\n";

    private static readonly (Type Type, string Name, (string Field, string CName)[] Fields)[] Structs =
    [
        (typeof(CpgAddress), "struct cpg_address", [("NodeId", "nodeid"), ("ProcessId", "pid"), ("Reason", "reason")]),
        (typeof(CpgName), "struct cpg_name", [("Length", "length"), ("Value", "value")]),
        (typeof(NativeRingId), "struct cpg_ring_id", [("NodeId", "nodeid"), ("Sequence", "seq")]),
        (typeof(NativeRingId), "struct quorum_ring_id", [("NodeId", "nodeid"), ("Sequence", "seq")]),
        (typeof(CpgModelV1), "cpg_model_v1_data_t",
            [("Model", "model"), ("Deliver", "cpg_deliver_fn"), ("Members", "cpg_confchg_fn"), ("Ring", "cpg_totem_confchg_fn"), ("Flags", "flags")]),
        (typeof(QuorumModelV1), "quorum_model_v1_data_t", [("Model", "model"), ("Quorum", "quorum_notify_fn"), ("Nodes", "nodelist_notify_fn")]),
        (typeof(IoVector), "struct iovec", [("Base", "iov_base"), ("Length", "iov_len")]),
        (typeof(PollDescriptor), "struct pollfd", [("Descriptor", "fd"), ("Events", "events"), ("Returned", "revents")]),
    ];

    private static readonly (long Value, string CName)[] Constants =
    [
        (CpgName.MaximumLength, "CPG_MAX_NAME_LENGTH"),
        (CpgModelV1.Model1, "CPG_MODEL_V1"),
        (CpgModelV1.DeliverInitialRing, "CPG_MODEL_V1_DELIVER_INITIAL_TOTEM_CONF"),
        (CpgNative.Agreed, "CPG_TYPE_AGREED"),
        (QuorumModelV1.Model1, "QUORUM_MODEL_V1"),
        (QuorumNative.TrackCurrent, "CS_TRACK_CURRENT"),
        (QuorumNative.TrackChanges, "CS_TRACK_CHANGES"),
        (QuorumNative.Free, "QUORUM_FREE"),
        (CmapNative.Statistics, "CMAP_MAP_STATS"),
        (PollDescriptor.In, "POLLIN"),
        (PollNative.EventNonblocking, "EFD_NONBLOCK"),
        (PollNative.EventCloseOnExec, "EFD_CLOEXEC"),
        (PollNative.Interrupted, "EINTR"),
        (SignalNative.Term, "SIGTERM"),
        (SchedulerNative.RoundRobin, "SCHED_RR"),
        (SchedulerNative.ResetOnFork, "SCHED_RESET_ON_FORK"),
        ((long)CpgReason.Undefined, "CPG_REASON_UNDEFINED"),
        ((long)CpgReason.Join, "CPG_REASON_JOIN"),
        ((long)CpgReason.Leave, "CPG_REASON_LEAVE"),
        ((long)CpgReason.NodeDown, "CPG_REASON_NODEDOWN"),
        ((long)CpgReason.NodeUp, "CPG_REASON_NODEUP"),
        ((long)CpgReason.ProcessDown, "CPG_REASON_PROCDOWN"),
        ((long)Dispatch.One, "CS_DISPATCH_ONE"),
        ((long)Dispatch.All, "CS_DISPATCH_ALL"),
        ((long)Dispatch.Blocking, "CS_DISPATCH_BLOCKING"),
        ((long)Dispatch.OneNonblocking, "CS_DISPATCH_ONE_NONBLOCKING"),
        ((long)CorosyncError.Ok, "CS_OK"),
        ((long)CorosyncError.Library, "CS_ERR_LIBRARY"),
        ((long)CorosyncError.Version, "CS_ERR_VERSION"),
        ((long)CorosyncError.Initialise, "CS_ERR_INIT"),
        ((long)CorosyncError.Timeout, "CS_ERR_TIMEOUT"),
        ((long)CorosyncError.TryAgain, "CS_ERR_TRY_AGAIN"),
        ((long)CorosyncError.InvalidParameter, "CS_ERR_INVALID_PARAM"),
        ((long)CorosyncError.NoMemory, "CS_ERR_NO_MEMORY"),
        ((long)CorosyncError.BadHandle, "CS_ERR_BAD_HANDLE"),
        ((long)CorosyncError.Busy, "CS_ERR_BUSY"),
        ((long)CorosyncError.Access, "CS_ERR_ACCESS"),
        ((long)CorosyncError.NotExist, "CS_ERR_NOT_EXIST"),
        ((long)CorosyncError.NameTooLong, "CS_ERR_NAME_TOO_LONG"),
        ((long)CorosyncError.Exist, "CS_ERR_EXIST"),
        ((long)CorosyncError.NoSpace, "CS_ERR_NO_SPACE"),
        ((long)CorosyncError.Interrupt, "CS_ERR_INTERRUPT"),
        ((long)CorosyncError.NoResources, "CS_ERR_NO_RESOURCES"),
        ((long)CorosyncError.TooBig, "CS_ERR_TOO_BIG"),
        ((long)CorosyncError.Security, "CS_ERR_SECURITY"),
    ];

    private static readonly Type[] NativeTypes =
        [.. typeof(CpgNative).Assembly.GetTypes().Where(type => type.Namespace == typeof(CpgNative).Namespace && !type.Name.Contains('<'))];

    [Fact]
    public void Every_struct_and_constant_equals_its_header()
    {
        var source = new StringBuilder(Headers);
        foreach (var (value, name) in Constants) source.Append(Assertion(name, value));
        foreach (var (type, name, fields) in Structs)
        {
            source.Append(Assertion($"sizeof({name})", Marshal.SizeOf(type)));
            foreach (var (field, cName) in fields) source.Append(Assertion($"offsetof({name}, {cName})", Marshal.OffsetOf(type, field).ToInt64()));
        }

        Compile(source.ToString()).ShouldBe("");
    }

    [Fact]
    public void A_wrong_value_is_found() => Compile(Headers + Assertion("CS_OK", 0)).ShouldContain("CS_OK");

    /// <summary>A struct or constant that is added without a line in the tables above is found.</summary>
    [Fact]
    public void Nothing_is_missing_in_the_tables()
    {
        foreach (var type in NativeTypes.Where(type => type is { IsValueType: true, IsEnum: false, IsNested: false }))
        {
            var proven = Structs.FirstOrDefault(known => known.Type == type).Fields.ShouldNotBeNull(type.Name);
            proven.Select(field => field.Field)
                .ShouldBe(type.GetFields(BindingFlags.Instance | BindingFlags.Public).Select(field => field.Name), customMessage: type.Name);
        }

        NativeTypes.Sum(type => type.GetFields(BindingFlags.Static | BindingFlags.Public).Count(field => field.IsLiteral && field.FieldType != typeof(string))).ShouldBe(Constants.Length);
    }

    private static string Assertion(string expression, long value) =>
        string.Create(CultureInfo.InvariantCulture, $"_Static_assert((long long)({expression}) == {value}LL, \"{expression}\");\n");

    private static string Compile(string source)
    {
        using var gcc = Process.Start(new ProcessStartInfo("gcc", ["-fsyntax-only", "-std=gnu11", "-xc", "-"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        gcc.StandardInput.Write(source);
        gcc.StandardInput.Close();
        var errors = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        return gcc.ExitCode == 0 ? "" : errors;
    }
}
