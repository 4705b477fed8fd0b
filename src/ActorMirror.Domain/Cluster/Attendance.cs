using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using static ActorMirror.Domain.Cluster.ClusterCommand;

namespace ActorMirror.Domain.Cluster;

/// <summary>
/// Who of a view holds a live state and who needs one, read off the total order alone. It starts empty with the view and every member
/// feeds it every command, whatever its own phase, so all of them elect the same authority at the same command.
/// </summary>
/// <param name="Needs">Who needs the state, by its last hello.</param>
/// <param name="Live">Who holds one, as it has shown; wrong at most until its next hello arrives.</param>
/// <param name="Absent">Suspected: not waited for.</param>
public sealed record Attendance(ImmutableSortedDictionary<DeviceId, Hello> Needs, DeviceSet Live, DeviceSet Absent)
{
    public static readonly Attendance Nobody = new(ImmutableSortedDictionary<DeviceId, Hello>.Empty, DeviceSet.Empty, DeviceSet.Empty);

    public Attendance Hear(DeviceId sender, ClusterCommand command) => command switch
    {
        Hello { NeedsState: true } hello => new(Needs.SetItem(sender, hello), Live.Remove(sender), Absent.Remove(sender)),
        Hello or Synced => Show(sender),
        StateTransfer last when last.Piece == last.Pieces - 1 && Needs.GetValueOrDefault(last.For)?.Nonce == last.Nonce => Show(sender).Show(last.For),
        StateTransfer => Show(sender),
        // As in the state, who is out itself is not believed: of two that suspect each other the second one is live.
        Suspect suspect when suspect.Device != sender && Live.Contains(sender) => Miss(suspect.Device),
        _ => this,
    };

    /// <summary>
    /// Who begins anew: nobody holds a live state, and of all who are here this one knows the newest. Null while a member has not
    /// spoken or one is live.
    /// </summary>
    public DeviceId? Elect(ImmutableArray<DeviceId> members) =>
        Live.IsEmpty && !Needs.IsEmpty && members.All(m => Needs.ContainsKey(m) || Absent.Contains(m))
            ? Needs.OrderByDescending(n => n.Value.Version).ThenBy(n => n.Key).First().Key
            : null;

    /// <summary>The device holds a live state, unless it is out.</summary>
    public Attendance Show(DeviceId device) => Absent.Contains(device) ? this : this with { Needs = Needs.Remove(device), Live = Live.Add(device) };

    private Attendance Miss(DeviceId device) => new(Needs.Remove(device), Live.Remove(device), Absent.Add(device));
}
