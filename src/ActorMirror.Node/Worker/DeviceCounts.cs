using ActorMirror.Actors.Leases;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Devices;
using ActorMirror.Journal;
using ActorMirror.Management;

namespace ActorMirror.Node.Worker;

/// <summary>What this device counts beside its reports.</summary>
internal sealed class DeviceCounts(DeviceGroupModel model, TableGauge kernel, FailoverTally failovers)
{
    public Measurements Read(DeviceRuntime runtime, LeaseKeeper lease, IJournal journal)
    {
        var status = journal.Status;
        return new Measurements
        {
            Events = runtime.Events,
            KernelTable = kernel.Read() is var (entries, maximum) ? new TableFill(entries, maximum) : null,
            LeaseRemaining = lease.Remaining.TotalSeconds,
            LeaseDuration = model.Cluster.Lease.TotalSeconds,
            Actors = [.. runtime.Actors.Select(a => new ActorMeasure(a.Name, a.Waiting, a.Restarts))],
            Failovers = failovers.Counts,
            JournalDropped = status.Dropped,
            JournalIsWell = status.Health == JournalHealth.Ok,
        };
    }
}
