using System.Collections.Immutable;

namespace ActorMirror.Management.Contracts;

/// <summary>
/// The members in the shape of Akka.Management's <c>/cluster/members</c>. A node is <c>actormirror://GROUP@MANAGEMENT-ADDRESS:PORT</c>, its one role is its
/// name.
/// </summary>
/// <param name="Unreachable">Devices of the group that are not in the view, or silent.</param>
/// <param name="Leader">The ring's representative; null: there is no ring.</param>
/// <param name="Oldest">Always null: nobody's age counts here.</param>
public sealed record AkkaMembers(
    string SelfNode, ImmutableArray<AkkaMember> Members, ImmutableArray<AkkaUnreachable> Unreachable, string? Leader, string? Oldest,
    ImmutableSortedDictionary<string, string> OldestPerRole);

/// <param name="Status"><c>Up</c>, or <c>Joining</c>: it does not hold the replicated state yet.</param>
public sealed record AkkaMember(string Node, string NodeUid, string Status, ImmutableArray<string> Roles);

public sealed record AkkaUnreachable(string Node, ImmutableArray<string> ObservedBy);

/// <summary>In the shape of Akka.Management's <c>/cluster/shards/NAME</c>.</summary>
public sealed record AkkaShards(ImmutableArray<AkkaShard> Regions);

/// <param name="ShardId">A traffic group that is active on this device.</param>
/// <param name="NumEntities">Its open connections.</param>
public sealed record AkkaShard(string ShardId, int NumEntities);

public sealed record AkkaMessage(string Message);
