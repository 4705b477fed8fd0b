using System.Runtime.InteropServices;
using ActorMirror.Cluster.Corosync.Native;

namespace ActorMirror.Cluster.Corosync.Daemon;

/// <summary>What the engine needs of the machine.</summary>
public static class CorosyncInstallation
{
    /// <summary>What is not installed, a sentence with its remedy each; empty when the engine can start.</summary>
    public static IEnumerable<string> Missing()
    {
        foreach (var (library, package) in ((string, string)[])[(CpgNative.Library, "libcpg4"), (QuorumNative.Library, "libquorum5")])
        {
            if (NativeLibrary.TryLoad(library, out var handle)) NativeLibrary.Free(handle);
            else yield return $"{library} is not installed: apt-get install {package}.";
        }

        if (ProgramProblem() is { } problem) yield return problem;
    }

    private static string? ProgramProblem()
    {
        try
        {
            CorosyncFiles.FindProgram();
            return null;
        }
        catch (ClusterEngineException absent)
        {
            return absent.Message;
        }
    }
}
