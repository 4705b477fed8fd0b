using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Corosync;

/// <summary>One run of a device's worker, as CPG names it: a restarted worker is another one.</summary>
internal readonly record struct WorkerRun(DeviceId Device, uint ProcessId);

/// <summary>A run that is no longer a member, and why.</summary>
internal readonly record struct EndedRun(WorkerRun Run, LeaveReason Reason);
