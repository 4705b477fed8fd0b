using System.Text;
using System.Text.Json;
using ActorMirror.Configuration.Hocon;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Import.BigIp;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;
using Xunit.Abstractions;

namespace ActorMirror.Tests.Import;

/// <summary>
/// A configuration means what the AS3 declaration beside it says, for addresses, ports, pools, monitors, persistence and mirroring: each service is a
/// virtual server or is left out as a whole, each pool, member and monitor likewise.
/// </summary>
public sealed class DeclarationTests(ITestOutputHelper output)
{
    private readonly List<string> _differences = [];
    private int _services;
    private int _members;
    private int _pools;
    private int _monitors;
    private int _leftOut;
    private int _leftOutPools;
    private int _leftOutMonitors;

    [CorpusFact]
    public void Virtual_servers_pools_and_monitors_are_those_of_the_declaration()
    {
        foreach (var (configuration, declaration) in Corpus.Declared)
        {
            var text = File.ReadAllText(configuration);
            var stanzas = TmshReader.Read(new SourceFile(configuration, text)).Stanzas;
            var result = BigIpImporter.Import([new SourceFile(configuration, text)]);
            var model = Imported.Model(result);
            using var json = JsonDocument.Parse(File.ReadAllText(declaration));
            foreach (var (name, service) in Objects(json.RootElement, "Service_")) Gather(() => Service(configuration, model, result, name, service));
            foreach (var (name, pool) in Objects(json.RootElement, "Pool").Where(p => IsWritten("ltm pool", p.Name))) Gather(() => Pool(configuration, model, result, name, pool));
            foreach (var (name, monitor) in Objects(json.RootElement, "Monitor").Where(m => IsWritten("ltm monitor ", m.Name))) Gather(() => Monitor(configuration, result, name, monitor));

            // Declarations also hold what a converter made of iApps, of copies, or of names that were too long.
            bool IsWritten(string kind, string name) => stanzas.Any(s => s.Kind.StartsWith(kind) && s.Name.EndsWith("/" + name));
        }

        output.WriteLine($"{_services} services, {_pools} pools with {_members} members and {_monitors} monitors are the same; {_leftOut} services, {_leftOutPools} pools and {_leftOutMonitors} monitors are left out as a whole");
        _differences.ShouldBeEmpty();
        (_services > 5 && _pools > 20 && _monitors > 40).ShouldBeTrue();
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

    private void Service(string file, DeviceGroupModel model, ImportResult result, string name, JsonElement service)
    {
        foreach (var destination in Destinations(service))
        {
            var server = model.VirtualServers.FirstOrDefault(v => v.Destination == new Destination(new Prefix(destination.Address, destination.Address.Bits), destination.Port) && v.Protocol == Protocol(service));
            if (server is null)
            {
                IsLeftOut(result, "ltm virtual ", name).ShouldBeTrue($"{file}: {name} {destination} is neither carried over nor left out");
                _leftOut++;
                continue;
            }

            _services++;
            server.Mirror.IsOn.ShouldBe(service.TryGetProperty("mirroring", out var mirroring) && mirroring.GetString() == "L4", $"{file}: {name}");
            Persistence(file, result, name, service);
            if (!service.TryGetProperty("pool", out var pool) || pool.ValueKind != JsonValueKind.String) continue;
            var end = "/" + pool.GetString()!.Split('/')[^1];
            result.CarriedOver.ShouldContain(c => c.Path == $"pools.{server.Pool!.Name}" && c.Object.EndsWith(end), $"{file}: {name}");
        }
    }

    private void Pool(string file, DeviceGroupModel model, ImportResult result, string name, JsonElement declared)
    {
        var carried = result.CarriedOver.Where(c => c.Object.StartsWith("ltm pool ") && c.Object.EndsWith("/" + name)).Select(c => model.Pools.Single(p => $"pools.{p.Name}" == c.Path)).ToList();
        if (carried.Count == 0)
        {
            IsLeftOut(result, "ltm pool ", name).ShouldBeTrue($"{file}: {name} is neither carried over nor left out");
            _leftOutPools++;
            return;
        }

        // In several folders a pool of the name may be another.
        var expected = Members(declared).ToHashSet();
        var pool = carried.Find(p => p.Members.Any(m => expected.Contains(m.Endpoint))).ShouldNotBeNull($"{file}: {name}");
        var left = result.LeftOut.Count(l => l.Object.StartsWith("ltm pool ") && (l.Object.Contains($"/{name} member ") || l.Object.EndsWith("/" + name) && l.Reason.Contains("priority groups")));
        pool.Members.Select(m => m.Endpoint).Except(expected).ShouldBeEmpty($"{file}: {name}");
        (pool.Members.Length + left).ShouldBeGreaterThanOrEqualTo(expected.Count, $"{file}: {name}");
        _members += pool.Members.Length;
        _pools++;

        var types = Monitors(declared).ToList();
        if (types.Count == 0) pool.Monitor.ShouldBeNull($"{file}: {name}");
        else if (types[0] is "tcp" or "icmp") pool.Monitor!.Type.ToString().ToLowerInvariant().ShouldBe(types[0], $"{file}: {name}");
        else if (types[0] is { } type) result.LeftOut.ShouldContain(l => IsOf(l, "ltm pool ", name) && l.Property == "monitor" || l.Object.StartsWith($"ltm monitor {type} "), $"{file}: {name}");
    }

    /// <summary>Interval and timeout of every monitor; its type where it is one of ours.</summary>
    private void Monitor(string file, ImportResult result, string name, JsonElement declared)
    {
        var type = declared.GetProperty("monitorType").GetString();
        if (result.CarriedOver.FirstOrDefault(c => c.Object.StartsWith("ltm monitor ") && c.Object.EndsWith("/" + name)) is not { } carried)
        {
            IsLeftOut(result, "ltm monitor ", name).ShouldBeTrue($"{file}: {name} is neither carried over nor left out");
            _leftOutMonitors++;
            return;
        }

        _monitors++;
        var document = HoconDocument.Parse(Encoding.UTF8.GetBytes(result.Hocon), "import.conf").Root as HoconObject;
        var monitor = (((document!["actormirror"]!.Value as HoconObject)!["monitors"]!.Value as HoconObject)![carried.Path["monitors.".Length..]]!.Value as HoconObject)!;
        Text("type").ShouldBe(type is "tcp" or "icmp" ? type : Text("type"), $"{file}: {name}");
        if (type is not ("tcp" or "icmp")) result.LeftOut.ShouldContain(l => l.Object == carried.Object && l.Property == "type", $"{file}: {name}");
        foreach (var key in (string[])["interval", "timeout"])
            if (declared.TryGetProperty(key, out var seconds)) Text(key).ShouldBe($"{seconds.GetInt32()}s", $"{file}: {name} {key}");

        string Text(string key) => (monitor[key]!.Value as HoconScalar)!.Text;
    }

    private static bool IsLeftOut(ImportResult result, string kind, string name) => result.LeftOut.Any(l => l.Property == "" && IsOf(l, kind, name));

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

    /// <summary>Null is any, as in the model.</summary>
    private static TransportProtocol? Protocol(JsonElement service)
    {
        var (layer4, kind) = (service.TryGetProperty("layer4", out var given) ? given.GetString() : null, service.GetProperty("class").GetString());
        return (layer4 ?? (kind is "Service_UDP" ? "udp" : kind is "Service_Generic" or "Service_Forwarding" ? "any" : "tcp")) switch
        {
            "udp" => TransportProtocol.Udp,
            "any" => null,
            _ => TransportProtocol.Tcp,
        };
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
            IEnumerable<string?> addresses = member.TryGetProperty("serverAddresses", out var given) ? given.EnumerateArray().Select(a => a.GetString()) : [];
            IEnumerable<string?> servers = member.TryGetProperty("servers", out var named) ? named.EnumerateArray().Select(s => s.GetProperty("address").GetString()) : [];
            foreach (var text in addresses.Concat(servers))
                if (Address.TryParse(text?.Split('%')[0], out var address)) yield return new Endpoint(address, member.GetProperty("servicePort").GetUInt16());
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

    private static IEnumerable<(string Name, JsonElement Value)> Objects(JsonElement root, string kind) =>
        from tenant in OfClass(root, "Tenant")
        from application in OfClass(tenant.Value, "Application")
        from value in OfClass(application.Value, kind)
        select (value.Name, value.Value);

    private static IEnumerable<JsonProperty> OfClass(JsonElement element, string kind) =>
        (element.TryGetProperty("declaration", out var inner) ? inner : element).EnumerateObject()
        .Where(p => p.Value.ValueKind == JsonValueKind.Object && p.Value.TryGetProperty("class", out var name) && name.ValueKind == JsonValueKind.String && (kind.EndsWith('_') ? name.GetString()!.StartsWith(kind) : name.GetString() == kind));
}
