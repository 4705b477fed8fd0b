using System.Collections.Immutable;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>What would become of a traffic group that is active here if this device failed now: from counters, and a few examples from the table.</summary>
internal sealed class Rehearsal(DeviceGroupModel model, ClusterState cluster, GroupState state, DeviceRuntime runtime, GroupRuntime group, MirrorReport? mirror)
{
    private const int ExamplesEach = 3;

    // Examples are looked for in pieces of the table, one at a time between two batches; a reason that is rarer than this has none.
    private const int PieceSize = 1024;
    private const int MostPieces = 256;

    public async Task<RehearsalReport> RunAsync(CancellationToken cancellation)
    {
        var exposed = group.Connections.Exposed;
        var protectedOnes = group.Connections.Mirrored.Protected;
        var examples = await ExamplesAsync(exposed, cancellation);
        return new RehearsalReport(
            state.Name, model.Self.Name, state.NextActive is { } next ? model.NameOf(next) : null, [.. Obstacles()], mirror,
            protectedOnes + exposed.Total, state.NextActive is null ? 0 : protectedOnes,
            [.. exposed.Reasons.Select(r => new ExposedConnections(
                MirrorReports.Kebab(r.Why.ToString()), r.Connections, ExposureTexts.Of(r.Why), examples.GetValueOrDefault(r.Why, [])))],
            [.. Exposed()],
            [.. runtime.Services?.FloatingOf(group.Number).Select(f => $"{f.Address} on {f.Interface}") ?? []]);
    }

    private IEnumerable<string> Obstacles()
    {
        if (Hold.TextOf(state, model) is { } held) yield return held;
        if (state.NextActive is not { } next)
        {
            yield return "no other device is fit to be next-active: nobody would take over";
            yield break;
        }

        var name = model.NameOf(next);
        var device = cluster.Devices.GetValueOrDefault(next);
        foreach (var vlan in state.Vlans.Where(v => device?.FailedVlans.Contains(v) == true)) yield return $"{name} has lost VLAN {vlan}";
        if (mirror is null) yield return $"there is no mirror channel to {name}";
        else if (!mirror.Complete) yield return $"the copy on {name} is not complete: the mirror channel is {MirrorReports.Kebab(mirror.State.ToString())}{(mirror.Reason is { } why ? $" ({why})" : "")}";
    }

    private IEnumerable<ExposedListener> Exposed()
    {
        if (runtime.Services is not { } services) yield break;
        var servers = services.Services.Where(s => s.TrafficGroup == group.Number).Select(s => (s.Server.Key, What: s.Server.Destination.ToString(), s.Marks));
        var snats = services.Snats.Where(s => s.TrafficGroup == group.Number)
            .Select(s => (s.Snat.Key, What: string.Join(", ", s.Snat.Origins), Marks: (IEnumerable<FlowMark>)[new FlowMark(s.Bits)]));
        foreach (var (key, what, marks) in servers.Concat(snats))
        {
            var counts = marks.Aggregate(default(OpenCounts), (sum, mark) => sum + group.Connections.Of(mark));
            if (counts.Open > counts.Protected) yield return new ExposedListener(key, what, counts.Open, counts.Protected);
        }
    }

    private async Task<Dictionary<Exposure, ImmutableArray<ConnectionReport>>> ExamplesAsync(ExposureCounts exposed, CancellationToken cancellation)
    {
        var wanted = exposed.Reasons.ToDictionary(r => r.Why, r => Math.Min(r.Connections, ExamplesEach));
        var found = new Dictionary<Exposure, ImmutableArray<ConnectionReport>>();
        long? cursor = 0;
        for (var piece = 0; piece < MostPieces && cursor is { } at && wanted.Values.Any(w => w > 0); piece++)
        {
            var page = await TableQuestions.PageAsync(group, at, PieceSize, mirrored: false, cancellation);
            foreach (var listed in page.Connections.Where(c => c.Record.IsOpen)) Take(listed);
            cursor = page.Next;
        }

        return found;

        void Take(ListedConnection listed)
        {
            if (listed.Exposure is not { } why || wanted.GetValueOrDefault(why) == 0) return;
            wanted[why]--;
            found[why] = found.GetValueOrDefault(why, []).Add(ConnectionReports.Of(listed, runtime.Services));
        }
    }
}
