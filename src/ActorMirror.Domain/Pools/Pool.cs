using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.Domain.Pools;

public enum LoadBalancing
{
    RoundRobin,
    Ratio,
}

/// <summary>A server of a pool. <see cref="Ratio"/> is 1 to 100 and counts only with <see cref="LoadBalancing.Ratio"/>.</summary>
public sealed record PoolMember(Endpoint Endpoint, int Ratio);

public sealed record Pool(string Name, ImmutableArray<PoolMember> Members, LoadBalancing LoadBalancing, Monitor? Monitor);

public enum MonitorType
{
    Tcp,
    Icmp,
}

/// <summary>
/// How the health of pool members is found out. A member is down when no probe succeeded for <see cref="Timeout"/>, and up after
/// the first success (BIG-IP: interval 5 s, timeout 3 · interval + 1 s).
/// </summary>
public sealed record Monitor(string Name, MonitorType Type, TimeSpan Interval, TimeSpan Timeout);
