using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ActorMirror.Cli;

/// <summary>The device refused; the message is its own.</summary>
internal sealed class DeviceRefusedException(string message) : Exception(message);

/// <summary>There is no device to talk to; the message says what to do.</summary>
internal sealed class DeviceUnreachableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The management API, over the control socket or over the network.</summary>
internal sealed class DeviceClient : IDisposable
{
    public const string SocketFolder = "/run/actormirror";

    private readonly HttpClient _http;
    private readonly string _name;
    private readonly Func<Exception, string> _why;

    /// <param name="name">Of the device, as the operator gave it.</param>
    /// <param name="why">What an operator is told when it does not answer.</param>
    internal DeviceClient(HttpMessageHandler handler, Uri device, string name, Func<Exception, string> why)
    {
        (_name, _why) = (name, why);

        // A planned handover waits for a complete copy: longer than any answer that only shows.
        _http = new HttpClient(handler) { BaseAddress = new Uri(device, "/api/v1/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <param name="socket">Null: the only one in <see cref="SocketFolder"/>.</param>
    /// <exception cref="DeviceUnreachableException">There is none, or more than one.</exception>
    public static DeviceClient Connect(string? socket)
    {
        var path = socket ?? OnlySocket(SocketFolder);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };

        // A missing socket is reported by .NET as an address that cannot be assigned.
        return new DeviceClient(handler, new Uri("http://device/"), path, e => File.Exists(path) ? e.InnerException?.Message ?? e.Message : "the socket does not exist");
    }

    /// <exception cref="DeviceRefusedException">The device says no.</exception>
    /// <exception cref="DeviceUnreachableException">It does not answer.</exception>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken stop) =>
        await Read(() => _http.GetAsync(path, stop), type, stop);

    /// <exception cref="DeviceRefusedException">The device says no.</exception>
    /// <exception cref="DeviceUnreachableException">It does not answer.</exception>
    public async Task<TAnswer> PostAsync<T, TAnswer>(string path, T body, JsonTypeInfo<T> type, JsonTypeInfo<TAnswer> answer, CancellationToken stop) =>
        await Read(() => _http.PostAsJsonAsync(path, body, type, stop), answer, stop);

    /// <exception cref="DeviceRefusedException">The device says no.</exception>
    /// <exception cref="DeviceUnreachableException">It does not answer.</exception>
    public async Task<TAnswer> PostAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answer, CancellationToken stop) =>
        await Read(() => _http.PostAsync(path, null, stop), answer, stop);

    /// <exception cref="DeviceRefusedException">The device says no.</exception>
    /// <exception cref="DeviceUnreachableException">It does not answer.</exception>
    public async Task<TAnswer> DeleteAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answer, CancellationToken stop) =>
        await Read(() => _http.DeleteAsync(path, stop), answer, stop);

    /// <summary>An answer as it is.</summary>
    /// <param name="path">From the root, with a slash before it; or below <c>/api/v1/</c>.</param>
    /// <exception cref="DeviceRefusedException">The device says no.</exception>
    /// <exception cref="DeviceUnreachableException">It does not answer.</exception>
    public async Task<byte[]> GetBytesAsync(string path, CancellationToken stop)
    {
        using var answer = await Guard(() => _http.GetAsync(path, stop), stop);
        return await answer.Content.ReadAsByteArrayAsync(stop);
    }

    /// <summary>Events as they happen, until the device ends the stream.</summary>
    /// <exception cref="DeviceRefusedException">The device says no.</exception>
    /// <exception cref="DeviceUnreachableException">It does not answer.</exception>
    public async IAsyncEnumerable<T> StreamAsync<T>(string path, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken stop)
    {
        using var answer = await Guard(() => _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, stop), stop);
        await using var stream = await answer.Content.ReadAsStreamAsync(stop);
        await foreach (var item in SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize(data, type)).EnumerateAsync(stop))
        {
            if (item.Data is { } report) yield return report;
        }
    }

    public void Dispose() => _http.Dispose();

    internal static string OnlySocket(string folder)
    {
        var sockets = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.sock") : [];
        return sockets switch
        {
            [var only] => only,
            [] => throw new DeviceUnreachableException($"no device runs here: there is no control socket in {folder} (name one with --socket)"),
            _ => throw new DeviceUnreachableException($"several devices run here, choose one with --socket: {string.Join(", ", sockets.Order(StringComparer.Ordinal))}"),
        };
    }

    private async Task<T> Read<T>(Func<Task<HttpResponseMessage>> ask, JsonTypeInfo<T> type, CancellationToken stop)
    {
        using var answer = await Guard(ask, stop);
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, stop) ?? throw new DeviceUnreachableException($"{_name}: the device answered nothing");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new DeviceUnreachableException($"{_name}: the device's answer cannot be read: {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> Guard(Func<Task<HttpResponseMessage>> ask, CancellationToken stop)
    {
        try
        {
            var answer = await ask();
            if (answer.IsSuccessStatusCode) return answer;
            using (answer) throw new DeviceRefusedException(await Problem(answer, stop));
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new DeviceUnreachableException($"{_name}: permission denied (the socket is for root and its group)", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new DeviceUnreachableException($"{_name}: the device does not answer: {_why(e)}", e);
        }
        catch (TaskCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new DeviceUnreachableException($"{_name}: the device does not answer in {_http.Timeout.TotalSeconds} s", e);
        }
    }

    /// <summary>The detail of a problem+json answer (RFC 9457), or what came instead.</summary>
    private static async Task<string> Problem(HttpResponseMessage answer, CancellationToken stop)
    {
        var text = await answer.Content.ReadAsStringAsync(stop);
        try
        {
            using var problem = JsonDocument.Parse(text);
            foreach (var name in (string[])["detail", "title"])
            {
                if (problem.RootElement.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } sentence) return sentence;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return $"the device refused ({(int)answer.StatusCode}): {text}";
        }

        return $"the device refused ({(int)answer.StatusCode})";
    }
}
