using ActorMirror.Benchmarks.Sites;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Benchmarks.Peers;

/// <summary>conntrackd in its reliable mode (FTFW) on the site's two routers, the first active: as its manual sets up a pair, with the external cache off, so that the copy is in the kernel.</summary>
internal sealed class ConntrackdPair : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly List<HostProcess> _processes = [];

    private ConntrackdPair(KernelRouter active, KernelRouter standby) => (Active, Standby) = (active, standby);

    public KernelRouter Active { get; }

    public KernelRouter Standby { get; }

    public IEnumerable<ProcessIdentity> Processes => _processes.Select(p => p.Identity);

    /// <exception cref="CommandException">conntrackd is not there, or does not start.</exception>
    public static async Task<ConntrackdPair> StartAsync(Site site, string? processors, CancellationToken stop)
    {
        var pair = new ConntrackdPair(KernelRouter.First(site), KernelRouter.Second(site));
        await pair.Active.LoadUsualRulesAsync(stop);
        await pair.Standby.LoadUsualRulesAsync(stop);
        await pair.Active.ServeAsync(stop);
        try
        {
            await pair.StartAsync(site, pair.Active, "10.30.0.5", "10.30.0.6", processors, stop);
            await pair.StartAsync(site, pair.Standby, "10.30.0.6", "10.30.0.5", processors, stop);
            return pair;
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Identity.Send(Signal.Kill);
            process.Dispose();
        }

        _processes.Clear();
    }

    private async Task StartAsync(Site site, KernelRouter router, string own, string other, string? processors, CancellationToken stop)
    {
        var name = $"conntrackd-{own}";
        var place = Path.Combine(site.Run.Directory, name);
        await File.WriteAllTextAsync($"{place}.conf", Configuration(place, own, other), stop);
        string[] pinned = processors is null ? [] : ["taskset", "-c", processors];
        var process = HostProcess.Start(router.Namespace, name, [.. pinned, "conntrackd", "-C", $"{place}.conf"], site.Run.Directory);
        site.Run.Note(process.Identity);
        _processes.Add(process);
        using var patience = new CancellationTokenSource(Patience);
        while (!File.Exists($"{place}.ctl"))
        {
            if (process.HasExited || patience.IsCancellationRequested) throw new CommandException($"conntrackd did not start: {process.Tail()}");
            await Task.Delay(Look, stop);
        }
    }

    /// <summary>conntrackd.conf(5).</summary>
    private static string Configuration(string place, string own, string other) => $$"""
        Sync {
          Mode FTFW {
            ResendQueueSize 131072
            PurgeTimeout 60
            ACKWindowSize 300
            DisableExternalCache on
          }
          UDP {
            IPv4_address {{own}}
            IPv4_Destination_Address {{other}}
            Port 3780
            Interface mir
            SndSocketBuffer 8388608
            RcvSocketBuffer 8388608
            Checksum on
          }
          Options {
            TCPWindowTracking off
          }
        }
        General {
          HashSize 65536
          HashLimit 524288
          LogFile {{place}}-daemon.log
          LockFile {{place}}.lock
          UNIX {
            Path {{place}}.ctl
          }
          NetlinkBufferSize 8388608
          NetlinkBufferSizeMaxGrowth 33554432
          NetlinkEventsReliable off
          Filter From Kernelspace {
            Protocol Accept {
              TCP
            }
            Address Ignore {
              IPv4_address 127.0.0.1
              IPv4_address {{own}}
              IPv4_address {{other}}
            }
          }
        }

        """;
}
