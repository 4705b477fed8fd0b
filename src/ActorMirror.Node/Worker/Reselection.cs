using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Host;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Nftables;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>
/// A member leaves the choice of its virtual servers, or is back in it. Who leaves loses its clients in the same transaction: with one's next connection it is chosen for
/// anew.
/// </summary>
internal sealed class Reselection(DataPlaneHost host, ILogger log) : IDisposable
{
    // An element that expires between its listing and its deletion refuses the transaction.
    private const int Attempts = 3;

    private readonly PersistenceMaps maps = new(host.Thread);

    public void Choose(ServiceTable services, MemberHealth health, string pool, Endpoint member, bool isUp)
    {
        foreach (var service in services.Services.Where(s => s.Server.Pool?.Name == pool))
        {
            try
            {
                if (isUp || service.Scope is not { } scope) host.Run(Ruleset.Reselect(service, health));
                else Leave(service, health, services.Scopes.Single(s => s.Number == scope.Number), member);
            }
            catch (NftablesException failure)
            {
                log.LogError(failure, "Virtual server {Server} still chooses among the former members", service.Server.Name);
            }
        }
    }

    public void Dispose() => maps.Dispose();

    private void Leave(Service service, MemberHealth health, PersistenceScope scope, Endpoint member)
    {
        var marks = service.Members.Where(m => m.Member.Endpoint == member).Select(m => m.Mark).ToHashSet();
        var commands = Ruleset.Reselect(service, health);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                host.Run(commands + maps.Without(scope, marks.Contains));
                return;
            }
            catch (NftablesException) when (attempt < Attempts)
            {
                // Listed anew.
            }
            catch (NftablesException failure)
            {
                log.LogWarning(failure, "Virtual server {Server}: clients of {Member} lose it one by one, as they come", service.Server.Name, member);
            }
        }

        host.Run(commands); // who is not up is not returned to, whatever the map says
    }
}
