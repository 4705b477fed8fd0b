using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>Why a traffic group is where it is, for the API.</summary>
internal static class PlacementReports
{
    /// <returns>Null: the group is not in the replicated state yet.</returns>
    public static PlacementReport? Of(ClusterState? state, string trafficGroup, DeviceGroupModel model)
    {
        if (state?.Groups.GetValueOrDefault(trafficGroup) is not { } group) return null;
        var explanation = PlacementExplanation.Of(state, group, model.NameOf);
        return new PlacementReport(
            MirrorReports.Kebab(group.Policy.Method.ToString()), explanation.WhyActive, explanation.WhyNextActive,
            [.. explanation.Devices.Select(d => new PlacementDevice(model.NameOf(d.Device), d.Verdict, d.Score, d.Told, d.Load.Factors, d.Load.Capacity))],
            explanation.Changes);
    }
}
