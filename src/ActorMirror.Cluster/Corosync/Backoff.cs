namespace ActorMirror.Cluster.Corosync;

/// <summary>A wait that doubles with each failure, up to a longest one.</summary>
internal sealed class Backoff
{
    private readonly TimeSpan _first;
    private readonly TimeSpan _longest;
    private TimeSpan _next;

    public Backoff(TimeSpan first, TimeSpan longest)
    {
        _first = first;
        _longest = longest;
        _next = first;
    }

    public TimeSpan Next()
    {
        var now = _next;
        _next = _next * 2 < _longest ? _next * 2 : _longest;
        return now;
    }

    public void Reset() => _next = _first;
}
