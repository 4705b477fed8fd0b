namespace ActorMirror.Management.Contracts;

/// <summary>Whether the other end of a cluster link answers.</summary>
public enum ClusterLinkState
{
    /// <summary>Not read for some seconds: corosync hangs or is not there.</summary>
    Unknown,

    Down,

    Up,
}

/// <summary>A cluster link from this device to another one, as corosync on this device sees it.</summary>
/// <param name="Device">The other device.</param>
/// <param name="Link">The link's number, from 0.</param>
/// <param name="LocalAddress">This device's address on it.</param>
/// <param name="Address">The other device's address on it.</param>
/// <param name="Since">When it was seen to go up or down, or the first look when it has not done so since; null before that.</param>
/// <param name="Downs">How often it went down since corosync started here; null when it was never read.</param>
/// <param name="AgeMs">How long ago all this was read; null when it never was.</param>
public sealed record ClusterLinkReport(
    string Device, int Link, string LocalAddress, string Address, ClusterLinkState State, Moment? Since, long? Downs, double? AgeMs);
