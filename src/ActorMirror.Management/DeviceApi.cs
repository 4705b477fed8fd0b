using System.Collections.Immutable;
using System.Reflection;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Events;
using ActorMirror.Management.Metrics;
using ActorMirror.Management.Tokens;

namespace ActorMirror.Management;

/// <summary>Keeps who changed what. Recording never waits and never throws.</summary>
public interface IAuditLog
{
    void Record(AuditReport change);

    /// <summary>Newest first; empty when it cannot be read.</summary>
    Task<ImmutableArray<AuditReport>> ReadAsync(int limit, CancellationToken cancellation);
}

/// <summary>What the control socket and the API serve: one device, whoever asks.</summary>
public sealed class DeviceApi : IAsyncDisposable
{
    public DeviceApi(IDeviceView view, IDeviceControl control, TokenStore tokens, IAuditLog audit, TimeProvider time)
    {
        (View, Control, Tokens, Audit, Time) = (view, control, tokens, audit, time);
        Metrics = new DeviceMetrics(view, time);
        Events = new EventFeed(view, time);
    }

    /// <summary>The product's, e.g. <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(DeviceApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public IDeviceView View { get; }

    public IDeviceControl Control { get; }

    public TokenStore Tokens { get; }

    public IAuditLog Audit { get; }

    public TimeProvider Time { get; }

    public DeviceMetrics Metrics { get; }

    public EventFeed Events { get; }

    public async ValueTask DisposeAsync()
    {
        await Events.DisposeAsync();
        Metrics.Dispose();
    }
}
