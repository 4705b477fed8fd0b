using System.Collections.Immutable;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Persistence;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>Virtual servers of one traffic group that share persistence records: one, unless their profile matches across services or virtuals.</summary>
/// <param name="Number">Of the first of them: the same on every device.</param>
/// <param name="Services">By number.</param>
public sealed record PersistenceScope(int Number, int TrafficGroup, PersistenceProfile Profile, ImmutableArray<Service> Services)
{
    /// <summary>The scopes of a configuration.</summary>
    public static ImmutableArray<PersistenceScope> Of(IEnumerable<Service> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return
        [
            .. from service in services.OrderBy(s => s.Number)
               where service.Server is { Persistence.HasRecords: true, Pool: not null }
               let profile = service.Server.Persistence!
               group service by (service.TrafficGroup, profile, Shares(service, profile)) into sharing
               let first = sharing.First()
               select new PersistenceScope(first.Number, first.TrafficGroup, sharing.Key.profile, [.. sharing]),
        ];
    }

    /// <summary>Whether a client that had the one member is with the other one where it was.</summary>
    public bool IsSame(MarkedMember left, MarkedMember right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Profile.AcrossServices
            ? left.Member.Endpoint.Address == right.Member.Endpoint.Address
            : left.Member.Endpoint == right.Member.Endpoint;
    }

    /// <summary>For one of its virtual servers: the marks that others may have left, and what they are here.</summary>
    internal IEnumerable<(FlowMark There, FlowMark Here)> Translations(Service here) =>
        from other in Services
        where other != here
        from there in other.Members
        let same = here.Members.FirstOrDefault(m => IsSame(m, there))
        where same is not null
        select (there.Mark, same.Mark);

    private static string Shares(Service service, PersistenceProfile profile) => (profile.AcrossServices, profile.AcrossVirtuals) switch
    {
        (false, false) => service.Server.Name,
        (true, false) => $"{service.Server.Destination.Network}",
        (false, true) => $":{service.Server.Destination.Port}",
        (true, true) => "",
    };
}
