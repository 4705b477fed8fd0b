using Microsoft.Extensions.Logging;

namespace ActorMirror.Tests.Support;

/// <summary>A log that a test can read, and wait for.</summary>
internal sealed class LogLines : ILogger
{
    private readonly List<string> lines = [];
    private readonly SemaphoreSlim written = new(0);

    /// <summary>Each with its level.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines) return [.. lines];
        }
    }

    /// <summary>Waits for so many lines in all.</summary>
    public async Task UntilAsync(int count)
    {
        while (Lines.Count < count) await written.WaitAsync();
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (lines) lines.Add($"{logLevel}: {formatter(state, exception)}");
        written.Release();
    }
}
