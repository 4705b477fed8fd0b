using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Devices;

/// <summary>The management API of one device, over its control socket.</summary>
internal sealed class ControlClient : IDisposable
{
    // A frozen daemon accepts and never answers.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Tables answer between two batches; a first answer on a busy machine took more than a second.
    private static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(5);

    // A planned handover answers when it is done.
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;

    public ControlClient(string socket)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), stop);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://device/api/v1/"), Timeout = CommandPatience };
    }

    /// <summary>Null while the device does not answer.</summary>
    public Task<StatusReport?> StatusAsync() => GetAsync("status", ManagementJson.Default.StatusReport);

    /// <summary>Connections of a group that are acknowledged as applied by its mirror; null while the device does not answer.</summary>
    public Task<ConnectionPage?> ProtectedAsync(string trafficGroup) =>
        GetAsync($"connections?trafficGroup={Uri.EscapeDataString(trafficGroup)}&mirrored=true&limit=100000", ManagementJson.Default.ConnectionPage, ListPatience);

    /// <summary>Persistence records of a group; null while the device does not answer.</summary>
    public Task<PersistencePage?> PersistenceAsync(string trafficGroup) =>
        GetAsync($"persistence?trafficGroup={Uri.EscapeDataString(trafficGroup)}&limit=100000", ManagementJson.Default.PersistencePage, ListPatience);

    /// <exception cref="HttpRequestException">The device refused, or is gone.</exception>
    public Task DeletePersistenceAsync(string trafficGroup) =>
        PostAsync("persistence/delete", new PersistenceQuery(trafficGroup), ManagementJson.Default.PersistenceQuery);

    /// <summary>Null when the traffic group is not active there, or the device does not answer.</summary>
    public Task<RehearsalReport?> RehearseAsync(string trafficGroup) =>
        GetAsync($"traffic-groups/{Uri.EscapeDataString(trafficGroup)}/rehearsal", ManagementJson.Default.RehearsalReport, ListPatience);

    /// <summary>Null when it has no such connection, or does not answer.</summary>
    public Task<ConnectionExplanation?> ExplainAsync(string tuple) =>
        GetAsync($"connections/explain?tuple={Uri.EscapeDataString(tuple)}", ManagementJson.Default.ConnectionExplanation, ListPatience);

    /// <summary>Every mirror channel it has an end of; empty while the device does not answer.</summary>
    public async Task<ImmutableArray<MirrorReport>> MirrorsAsync() =>
        await GetAsync("mirror", ManagementJson.Default.ImmutableArrayMirrorReport) is { IsDefault: false } mirrors ? mirrors : [];

    /// <summary>Newest first; empty while the device does not answer.</summary>
    public async Task<ImmutableArray<FailoverReport>> FailoversAsync() =>
        await GetAsync("failovers", ManagementJson.Default.ImmutableArrayFailoverReport) is { IsDefault: false } failovers ? failovers : [];

    /// <exception cref="HttpRequestException">The device refused, or is gone.</exception>
    public Task ForceStandbyAsync(string trafficGroup, string? to) =>
        PostAsync($"traffic-groups/{Uri.EscapeDataString(trafficGroup)}/force-standby", new ForceStandbyRequest(to), ManagementJson.Default.ForceStandbyRequest);

    /// <exception cref="HttpRequestException">The device refused, or is gone.</exception>
    public Task ResyncAsync(string trafficGroup) => PostAsync($"traffic-groups/{Uri.EscapeDataString(trafficGroup)}/resync", null);

    /// <exception cref="HttpRequestException">The device refused, or is gone.</exception>
    public Task RevokeAsync(string serial) => PostAsync("trust/revoke", new RevokeRequest(serial), ManagementJson.Default.RevokeRequest);

    /// <summary>Brings a device of the group back that an operator took out of service.</summary>
    /// <exception cref="HttpRequestException">The device refused, or is gone.</exception>
    public Task ReleaseAsync(string device) => PostAsync($"devices/{Uri.EscapeDataString(device)}/release", null);

    /// <exception cref="HttpRequestException">No such actor, or faults are not allowed.</exception>
    public Task KillActorAsync(string actor, string? message) =>
        PostAsync("faults/kill-actor", new KillActorRequest(actor, message), ManagementJson.Default.KillActorRequest);

    /// <summary>The actors of the device, with how often each was killed at each message; empty while it does not answer.</summary>
    public async Task<ImmutableArray<ActorReport>> ActorsAsync() =>
        await GetAsync("faults/actors", ManagementJson.Default.ImmutableArrayActorReport) is { IsDefault: false } actors ? actors : [];

    public void Dispose() => _http.Dispose();

    private async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type, TimeSpan? time = null)
    {
        using var patience = new CancellationTokenSource(time ?? Patience);
        try
        {
            return await _http.GetFromJsonAsync(path, type, patience.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return default;
        }
    }

    private Task PostAsync<T>(string path, T body, JsonTypeInfo<T> type) => PostAsync(path, JsonContent.Create(body, type));

    private async Task PostAsync(string path, HttpContent? content)
    {
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
        if (answer.IsSuccessStatusCode) return;
        throw new HttpRequestException($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }
}
