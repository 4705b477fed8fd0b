using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>Why a connection is with its member, as far as that is known: the kernel counts, and keeps no account of single turns.</summary>
public static class MemberChoice
{
    /// <param name="member">Null: the mark is not of a member of this configuration.</param>
    public static string Explain(Listener listener, MarkedMember? member, MemberHealth health)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(health);
        if (listener is not VirtualServer { Pool: { } pool } server) return "none: it goes where it was addressed to";
        if (member is null) return "the member is not in this configuration any more; its connections stay until they end";
        var count = pool.Members.Length;
        var turn = (pool.LoadBalancing, count) switch
        {
            (_, 1) => $"the only member of pool {pool.Name}",
            (LoadBalancing.Ratio, _) => $"ratio: {member.Member.Ratio} of {pool.Members.Sum(m => m.Ratio)} turns of pool {pool.Name} with all of its {count} members up",
            _ => $"round robin: 1 of {count} turns of pool {pool.Name} with all of its members up",
        };
        var counted = count == 1 || server.Persistence is { HasRecords: false } ? "" : "; the kernel of the device that was active then counted the turns, and which one it was is not recorded";
        var recent = server.Protocol != TransportProtocol.Tcp ? "; a UDP flow that was seen seconds before keeps its member" : "";
        var down = health.IsUp(pool.Name, member.Member.Endpoint) ? "" : "; the monitor has it down now: it gets no new connections, and this one stays";
        if (server.Persistence is { HasRecords: false } hash && count > 1) turn = $"by the hash of persistence profile {hash.Name}, over the members of pool {pool.Name} that are up";
        var returning = server.Persistence is { HasRecords: true } profile ? $"; a client that had a member returns to it (persistence profile {profile.Name})" : "";
        return turn + counted + recent + returning + down;
    }
}
