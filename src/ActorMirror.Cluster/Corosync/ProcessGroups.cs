namespace ActorMirror.Cluster.Corosync;

/// <summary>The names of the CPG groups. One worker per device in the first, one supervisor per device in the second, which the workers hear too.</summary>
internal static class ProcessGroups
{
    public static ReadOnlySpan<byte> Workers => "actormirror"u8;

    public static ReadOnlySpan<byte> Fence => "actormirror-fence"u8;
}
