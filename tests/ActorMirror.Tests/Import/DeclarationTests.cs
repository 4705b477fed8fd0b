using System.Text.Json;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.VirtualServers;
using ActorMirror.Import.BigIp;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using Xunit.Abstractions;

namespace ActorMirror.Tests.Import;

/// <summary>
/// A configuration means what the AS3 declaration beside it says, for addresses, ports, pools, monitors, persistence and mirroring: each service is a
/// virtual server or is left out as a whole, each member of its pool likewise.
/// </summary>
public sealed class DeclarationTests(ITestOutputHelper output)
{
    private readonly List<string> _differences = [];
    private int _services;
    private int _members;
    private int _leftOut;

    [CorpusFact]
    public void Virtual_servers_are_the_services_of_the_declaration()
    {
        foreach (var (configuration, declaration) in Corpus.Declared)
        {
            var result = BigIpImporter.Import([new SourceFile(configuration, File.ReadAllText(configuration))]);
            var model = Imported.Model(result);
            using var json = JsonDocument.Parse(File.ReadAllText(declaration));
            foreach (var (tenant, application, name, service) in Objects(json.RootElement, "Service_"))
                Gather(() => Compare(configuration, model, result, $"/{tenant}/{application}", name, service, Siblings(json.RootElement, tenant, application)));
        }

        output.WriteLine($"{_services} services compared with {_members} members; {_leftOut} left out as a whole");
        _differences.ShouldBeEmpty();
        _services.ShouldBeGreaterThan(20);
    }

    /// <summary>All differences at once.</summary>
    private void Gather(Action comparison)
    {
        try
        {
            comparison();
        }
        catch (ShouldAssertException difference)
        {
            _differences.Add(difference.Message);
        }
    }

    private void Compare(string file, DeviceGroupModel model, ImportResult result, string folder, string name, JsonElement service, JsonElement siblings)
    {
        foreach (var destination in Destinations(service))
        {
            var isUdp = service.TryGetProperty("layer4", out var layer4) ? layer4.GetString() == "udp" : service.GetProperty("class").GetString() == "Service_UDP";
            var server = model.VirtualServers.FirstOrDefault(v => v.Destination == destination && v.Protocol == (isUdp ? TransportProtocol.Udp : TransportProtocol.Tcp));
            if (server is null)
            {
                var left = result.LeftOut.FirstOrDefault(l => l.Property == "" && IsOf(l, "ltm virtual ", name));
                left.ShouldNotBeNull($"{file}: {folder}/{name} {destination} is neither carried over nor left out");
                _leftOut++;
                continue;
            }

            _services++;
            var isMirrored = service.TryGetProperty("mirroring", out var mirroring) && mirroring.GetString() == "L4";
            server.Mirror.ShouldBe(isMirrored, $"{file}: {name}");
            Persistence(file, result, name, service);
            if (service.TryGetProperty("pool", out var pool) && pool.ValueKind == JsonValueKind.String && siblings.TryGetProperty(pool.GetString()!.Split('/')[^1], out var declared))
                Pool(file, server, result, pool.GetString()!.Split('/')[^1], declared);
        }
    }

    private void Pool(string file, VirtualServer server, ImportResult result, string pool, JsonElement declared)
    {
        var expected = Members(declared).ToHashSet();
        var actual = server.Pool.Members.Select(m => m.Endpoint).ToHashSet();
        var left = result.LeftOut.Count(l => l.Object.StartsWith("ltm pool ") && l.Object.Contains($"/{pool} member ") && l.Property == "");
        actual.Except(expected).ShouldBeEmpty($"{file}: {pool}");
        (actual.Count + left).ShouldBeGreaterThanOrEqualTo(expected.Count, $"{file}: {pool}");
        _members += actual.Count;

        var types = Monitors(declared).ToList();
        if (types.Count == 0) server.Pool.Monitor.ShouldBeNull($"{file}: {pool}");
        else if (types[0] is "tcp" or "icmp") server.Pool.Monitor!.Type.ToString().ToLowerInvariant().ShouldBe(types[0], $"{file}: {pool}");
        else if (types[0] is { } type) result.LeftOut.ShouldContain(l => IsOf(l, "ltm pool ", pool) && l.Property == "monitor" || l.Object.StartsWith($"ltm monitor {type} "), $"{file}: {pool}");
    }

    private static void Persistence(string file, ImportResult result, string name, JsonElement service)
    {
        if (!service.TryGetProperty("persistenceMethods", out var methods) || methods.GetArrayLength() == 0) return;
        result.LeftOut.ShouldContain(l => IsOf(l, "ltm virtual ", name) && l.Property == "persist", $"{file}: {name}");
    }

    /// <summary>Declarations move objects to other folders, and make several of those with several addresses or ports: names begin alike.</summary>
    private static bool IsOf(LeftOut left, string kind, string name)
    {
        var last = left.Object.Split('/')[^1];
        return left.Object.StartsWith(kind) && (last.StartsWith(name) || name.StartsWith(last));
    }

    private static IEnumerable<Endpoint> Destinations(JsonElement service)
    {
        if (!service.TryGetProperty("virtualAddresses", out var addresses) || !service.TryGetProperty("virtualPort", out var port) || port.ValueKind != JsonValueKind.Number) yield break;
        foreach (var item in addresses.EnumerateArray())
        {
            var first = item.ValueKind == JsonValueKind.Array ? item[0] : item;
            var text = first.ValueKind == JsonValueKind.String ? first.GetString() : null;
            if (Address.TryParse(text?.Split('/', '%')[0], out var address)) yield return new Endpoint(address, port.GetUInt16());
        }
    }

    private static IEnumerable<Endpoint> Members(JsonElement pool)
    {
        if (!pool.TryGetProperty("members", out var members)) yield break;
        foreach (var member in members.EnumerateArray())
        {
            if (!member.TryGetProperty("serverAddresses", out var addresses)) continue;
            foreach (var text in addresses.EnumerateArray())
                if (Address.TryParse(text.GetString()?.Split('%')[0], out var address)) yield return new Endpoint(address, member.GetProperty("servicePort").GetUInt16());
        }
    }

    /// <summary>Types where the name says it; null for a monitor that is defined elsewhere.</summary>
    private static IEnumerable<string?> Monitors(JsonElement pool)
    {
        if (!pool.TryGetProperty("monitors", out var monitors)) yield break;
        foreach (var monitor in monitors.EnumerateArray())
        {
            var name = monitor.ValueKind == JsonValueKind.String ? monitor.GetString() : monitor.TryGetProperty("bigip", out var path) ? path.GetString()!.Split('/')[^1] : null;
            yield return name switch { "gateway_icmp" => "icmp", "http" or "https" or "tcp" or "icmp" or "udp" => name, _ => null };
        }
    }

    private static IEnumerable<(string Tenant, string Application, string Name, JsonElement Value)> Objects(JsonElement root, string kind) =>
        from tenant in OfClass(root, "Tenant")
        from application in OfClass(tenant.Value, "Application")
        from value in OfClass(application.Value, kind)
        select (tenant.Name, application.Name, value.Name, value.Value);

    private static JsonElement Siblings(JsonElement root, string tenant, string application) =>
        (root.TryGetProperty("declaration", out var inner) ? inner : root).GetProperty(tenant).GetProperty(application);

    private static IEnumerable<JsonProperty> OfClass(JsonElement element, string kind) =>
        (element.TryGetProperty("declaration", out var inner) ? inner : element).EnumerateObject()
        .Where(p => p.Value.ValueKind == JsonValueKind.Object && p.Value.TryGetProperty("class", out var name) && name.ValueKind == JsonValueKind.String && name.GetString()!.StartsWith(kind));
}
