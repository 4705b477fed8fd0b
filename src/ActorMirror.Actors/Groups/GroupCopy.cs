using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Actors.Groups;

/// <summary>
/// From the copies of a traffic group's channels to that of the group: complete when each is, of the same ownership on the same device. Called by the
/// tables' actors, from any thread.
/// </summary>
public sealed class GroupCopy(int channels, Action<GroupMessage.CopyChanged> changed)
{
    private readonly GroupMessage.CopyChanged?[] copies = new GroupMessage.CopyChanged?[channels];
    private readonly Lock gate = new();

    /// <param name="number">Of the channel, from 1.</param>
    public ITableObserver Channel(int number) => new Observer(this, number - 1);

    private void Changed(int index, GroupMessage.CopyChanged copy)
    {
        lock (gate)
        {
            copies[index] = copy;
            // Told with the lock held, or a word that is true no more could be the last one. It only posts a message.
            changed(copy with { Complete = copies.All(c => c is { Complete: true } && c.Epoch == copy.Epoch && c.Peer == copy.Peer) });
        }
    }

    private sealed class Observer(GroupCopy group, int index) : ITableObserver
    {
        public void CopyChanged(Epoch epoch, DeviceId peer, bool complete, ulong incarnation) =>
            group.Changed(index, new GroupMessage.CopyChanged(epoch, peer, complete, incarnation));
    }
}
