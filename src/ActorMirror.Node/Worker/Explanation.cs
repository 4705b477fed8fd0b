using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>One connection: found by its tuple in the table of its traffic group.</summary>
internal sealed class Explanation(DeviceGroupModel model, DeviceRuntime runtime, IReadOnlyDictionary<string, TrafficGroupReport> groups)
{
    /// <exception cref="DeviceCommandException">The tuple cannot be read, or no table of this device has it.</exception>
    public async Task<ConnectionExplanation> FindAsync(string tuple, CancellationToken cancellation)
    {
        if (FlowQuestion.Parse(tuple, out var problem) is not { } question) throw new DeviceCommandException(CommandFailure.Malformed, problem!);
        var asked = runtime.Runtimes.Values.Where(g => MayHold(g, question)).OrderBy(g => g.Name, StringComparer.Ordinal).ToList();
        foreach (var group in asked)
        {
            foreach (var key in question.Keys)
            {
                if (await TableQuestions.FindAsync(group, key, cancellation) is { } found) return Explain(group, found);
            }
        }

        throw new DeviceCommandException(CommandFailure.NotFound, $"no connection {question} here: {NotHere(asked)}");
    }

    /// <summary>Where the destination is a floating address, only the table of its group can have it.</summary>
    private bool MayHold(GroupRuntime group, FlowQuestion question)
    {
        var owners = runtime.Services?.Floating.Where(f => f.Address == question.Destination.Address).Select(f => f.GroupNumber).ToList() ?? [];
        return owners.Count == 0 || owners.Contains(group.Number);
    }

    private string NotHere(List<GroupRuntime> asked)
    {
        var roles = asked.Select(g => groups.GetValueOrDefault(g.Name)).OfType<TrafficGroupReport>()
            .Select(g => g.Role is Role.Active or Role.HandingOver ? $"{model.Self.Name} is active for {g.Name}"
                : $"{model.Self.Name} is {MirrorReports.Kebab(g.Role.ToString())} for {g.Name}{(g.Active is { } active ? $", ask {active}" : "")}");
        return $"{string.Join("; ", roles)}; a connection counts from the end of its handshake on, a UDP flow from its first reply";
    }

    private ConnectionExplanation Explain(GroupRuntime group, in ListedConnection found)
    {
        var report = groups.GetValueOrDefault(group.Name);
        var listener = runtime.Services?.Find(found.Record.Mark);
        var isActive = report?.Role is Role.Active or Role.HandingOver;
        return new ConnectionExplanation(
            ConnectionReports.Of(found, runtime.Services), model.Self.Name, report?.Role ?? Role.None,
            listener is null
                ? "its virtual server or SNAT is not in this configuration any more"
                : MemberChoice.Explain(listener, runtime.Services!.FindMember(found.Record.Mark), runtime.Health),
            isActive ? OnActive(found, report!) : OnMirror(found, report),
            found is { Exposure: null, For: { } age } ? age.TotalMilliseconds : null,
            isActive ? IfThisFails(found, report!) : IfTheActiveFails(found, report));
    }

    private static string OnActive(in ListedConnection found, TrafficGroupReport group) => found.Exposure is { } why
        ? $"not mirrored: {ExposureTexts.Of(why)}"
        : $"mirrored by {group.NextActive ?? "a device that is next-active no more"}: acknowledged as applied in its kernel";

    private static string OnMirror(in ListedConnection found, TrafficGroupReport? group) =>
        (found.IsMirrored ? "a copy in this device's kernel" : $"not in this device's kernel: {ExposureTexts.Of(Exposure.NotHeld)}")
        + $", for {group?.Active ?? "an active that is not known"}";

    private string IfThisFails(in ListedConnection found, TrafficGroupReport group) => (found.Record.IsOpen, found.Exposure, group.NextActive) switch
    {
        (false, _, _) => "it is closing: nothing to lose",
        (_, _, null) => $"lost: no device would take over; {Afterwards}",
        (_, null, { } next) => $"it goes on on {next}, with the same member",
        (_, _, { } next) => $"lost: {next} does not have it; {Afterwards}",
    };

    private string IfTheActiveFails(in ListedConnection found, TrafficGroupReport? group) => (found.IsMirrored, group?.NextActive == model.Self.Name) switch
    {
        (true, true) => "it goes on on this device, with the same member",
        (true, false) => $"the next-active is {group?.NextActive ?? "nobody"}: what that has is not known here",
        (false, _) => $"lost: this device does not have it; {Afterwards}",
    };

    private string Afterwards => model.DataPlane.OnUnknown == OnUnknown.Reset
        ? "a TCP client gets a reset with its second or third segment (on-unknown = reset)"
        : "a TCP client hears nothing (on-unknown = drop)";
}
