using ActorMirror.Configuration;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.Support;

/// <summary>A configuration with the numbers that a cluster of its first device alone gives it.</summary>
internal static class NumberedModel
{
    private static readonly RingId s_ring = new(1, 4);

    /// <param name="path">A HOCON file.</param>
    public static ServiceTable Load(string path)
    {
        var (model, problems) = ConfigurationLoader.Load(path);
        if (model is null) throw new InvalidOperationException(string.Join('\n', problems));
        var self = model.Self.Id;
        var replica = ClusterReplica.Create(self, 1, Declaration.From(model, Epoch.None));
        (replica, _) = replica.Handle(new ClusterEvent.View(s_ring, true, [self], [self], []));
        var hello = new ClusterCommand.Hello(1, 2, NeedsState: true, Epoch.None, replica.Declaration);
        (replica, _) = replica.Handle(new ClusterEvent.Command(s_ring, self, CommandCodec.Encode(hello)));
        return ServiceTable.TryCreate(model, replica.State!) ?? throw new InvalidOperationException("not everything is numbered");
    }
}
