using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;

namespace ActorMirror.Domain.Persistence;

/// <summary>What a record is found by.</summary>
/// <param name="Scope">Number of the first of the virtual servers that share records; a virtual server that shares with none has its own.</param>
/// <param name="Value">The masked address.</param>
public readonly record struct PersistenceKey(int Scope, Address Value);

/// <summary>A client and the member it returns to, as it travels to a mirror and into a kernel.</summary>
/// <param name="Mark">Of the connections of the virtual server and member that it began with.</param>
/// <param name="Timeout">Lifetime without connections.</param>
/// <param name="Remaining">How much of it is left.</param>
public sealed record PersistenceRecord(PersistenceKey Key, FlowMark Mark, TimeSpan Timeout, TimeSpan Remaining);

/// <summary>What a kernel's map, and a mirror, must be told of one record.</summary>
/// <param name="IsGone">It is no more.</param>
/// <param name="Former">The mark that was told before; 0: none was.</param>
/// <param name="IsMirrored">The mirror is to hear of it too.</param>
public readonly record struct PersistenceChange(PersistenceRecord Record, bool IsGone, FlowMark Former, bool IsMirrored);

/// <summary>A record as an operator sees it.</summary>
/// <param name="Age">Since it began, or its member changed; null: not known here.</param>
/// <param name="Connections">How many are open now; null: not known here.</param>
/// <param name="IsProtected">On the active: acknowledged by the mirror. On the mirror: it is such a copy.</param>
public readonly record struct PersistenceView(PersistenceRecord Record, TimeSpan? Age, int? Connections, bool IsProtected);
