using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Management.Tokens;

/// <summary>A token as it lies on the disk.</summary>
/// <param name="Sha256">Of the whole token, in hexadecimal.</param>
/// <param name="ExpiresAt">Null: it lives until it is revoked.</param>
internal sealed record KeptToken(string Name, ApiRole Role, string Sha256, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, Converters = [typeof(KebabCase<ApiRole>)])]
[JsonSerializable(typeof(ImmutableArray<KeptToken>))]
internal sealed partial class TokenJson : JsonSerializerContext;
