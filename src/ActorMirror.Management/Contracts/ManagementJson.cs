using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorMirror.Management.Contracts;

/// <summary>The JSON of the management API: camelCase names, kebab-case values of enumerations.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(KebabCase<Role>), typeof(KebabCase<Membership>), typeof(KebabCase<MirrorChannelState>), typeof(KebabCase<MirrorDirection>), typeof(KebabCase<ClusterLinkState>), typeof(KebabCase<ApiRole>)])]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(ImmutableArray<DeviceReport>))]
[JsonSerializable(typeof(ImmutableArray<TrafficGroupReport>))]
[JsonSerializable(typeof(TrafficGroupReport))]
[JsonSerializable(typeof(ImmutableArray<VirtualServerReport>))]
[JsonSerializable(typeof(ImmutableArray<SnatReport>))]
[JsonSerializable(typeof(ImmutableArray<MirrorReport>))]
[JsonSerializable(typeof(ImmutableArray<FailoverReport>))]
[JsonSerializable(typeof(RehearsalReport))]
[JsonSerializable(typeof(ConnectionExplanation))]
[JsonSerializable(typeof(ConnectionPage))]
[JsonSerializable(typeof(PersistencePage))]
[JsonSerializable(typeof(PersistenceQuery))]
[JsonSerializable(typeof(ForceStandbyRequest))]
[JsonSerializable(typeof(KillActorRequest))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(TrustReport))]
[JsonSerializable(typeof(ImmutableArray<ActorReport>))]
[JsonSerializable(typeof(CommandReport))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(ImmutableArray<TokenReport>))]
[JsonSerializable(typeof(ImmutableArray<AuditReport>))]
[JsonSerializable(typeof(EventReport))]
[JsonSerializable(typeof(AkkaMembers))]
[JsonSerializable(typeof(AkkaShards))]
[JsonSerializable(typeof(AkkaMessage))]
public sealed partial class ManagementJson : JsonSerializerContext;

/// <summary><c>InSync</c> is written <c>in-sync</c>.</summary>
public sealed class KebabCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower)
    where T : struct, Enum;
