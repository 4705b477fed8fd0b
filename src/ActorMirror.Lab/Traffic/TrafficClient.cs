using System.Net;

namespace ActorMirror.Lab.Traffic;

/// <summary>Opens the flows that were asked for and keeps the record of each. One thread, no allocation per message.</summary>
internal sealed class TrafficClient : IDisposable
{
    // Refused at once, it must not ask again without end.
    private const long ReopenPause = Monotonic.Second / 5;

    private readonly EventLoop _loop = new();
    private readonly uint _instance = (uint)Environment.ProcessId;
    private readonly Dictionary<uint, Flow> _flows = [];
    private readonly Dictionary<FlowEnd, int> _lost = [];
    private uint _lastId;
    private int _ended;
    private int _unopened;
    private bool _inWindow;
    private long _faultAt;

    /// <summary>Runs until the commands end or say stop.</summary>
    public void Run(Func<TrafficClient, bool> commands) => _loop.Run(() => commands(this));

    public void Open(FlowSpec spec)
    {
        if (spec.Lifetime == 0) _unopened += spec.Count;
        new Opener(this, _loop, spec with { Size = Message.ValidSize(spec.Size) }).Due(Monotonic.Now);
    }

    /// <summary>Flows that ended are dropped from the record; short-lived ones stay open from here to the report.</summary>
    public void BeginWindow()
    {
        var now = Monotonic.Now;
        foreach (var (id, flow) in _flows.Where(f => f.Value.Record.End != FlowEnd.None).ToList())
        {
            if (flow.Record.IsLostBetweenFaults) _lost[flow.Record.End] = _lost.GetValueOrDefault(flow.Record.End) + 1;
            _flows.Remove(id);
        }

        foreach (var flow in _flows.Values) flow.Record.BeginWindow(now);
        (_inWindow, _faultAt) = (true, 0);
    }

    /// <summary>What is prepared for a fault may have delayed messages: silences count from here.</summary>
    public void Listen()
    {
        var now = Monotonic.Now;
        foreach (var flow in _flows.Values) flow.Record.Listen(now);
    }

    public void Fault(long at)
    {
        _faultAt = at;
        foreach (var flow in _flows.Values) flow.Record.Fault(at);
    }

    /// <summary>Every flow has to move from here on; silent ones are made to send.</summary>
    public void Checkpoint()
    {
        var now = Monotonic.Now;
        foreach (var flow in _flows.Values.Where(f => f.Record.IsOpen))
        {
            flow.Record.Checkpoint();
            if (flow.Record.Spec.Interval == 0) Ask(flow, now);
        }
    }

    public TrafficProgress Progress()
    {
        var records = _flows.Values.Select(f => f.Record).ToList();
        var lost = records.Where(r => r.IsLostBetweenFaults).Select(r => (r.End, Count: 1))
            .Concat(_lost.Select(l => (End: l.Key, Count: l.Value))).GroupBy(l => l.End).Select(g => (End: g.Key, Count: g.Sum(l => l.Count))).ToList();
        return new TrafficProgress
        {
            At = Monotonic.Now,
            Opening = _unopened + records.Count(r => r.OpenedAt == 0 && r.End == FlowEnd.None && r.Spec.Lifetime == 0),
            Open = records.Count(r => r.IsOpen),
            Ended = _ended,
            Eligible = records.Count(r => r.IsEligible),
            Moving = records.Count(r => r.IsEligible && r.IsMoving),
            EligibleEnded = records.Count(r => r.IsEligible && r.End != FlowEnd.None),
            Unmirrored = [.. records.Where(r => r.IsOpen && r.IsUnmirroredWitness).Select(r => r.Spec.Group).Distinct()],
            LostBetweenFaults = lost.Sum(l => l.Count),
            LostReasons = string.Join(", ", lost.Select(l => $"{l.Count} {l.End}")),
            Messages = records.Sum(r => r.Stream.Receipts.Received),
        };
    }

    public IReadOnlyList<OpenFlow> Connections()
    {
        var now = Monotonic.Now;
        return [.. _flows.Values.Select(f => f.Record).Where(r => r.IsOpen).Select(r => new OpenFlow(
            r.Id, r.Spec.Protocol, r.Local?.ToString() ?? "", r.Spec.Target, r.Spec.Group, r.Spec.Mirrored, Monotonic.Milliseconds(now - r.OpenedAt), r.OpenedAt))];
    }

    /// <summary>Ends the window.</summary>
    public IReadOnlyList<FlowReport> Report()
    {
        var report = _flows.Values.Where(f => f.Record.OpenedAt != 0 || f.Record.End != FlowEnd.None).Select(f => f.Record.Report()).ToList();
        (_inWindow, _faultAt) = (false, 0);
        foreach (var flow in _flows.Values.ToList())
        {
            if (flow.Record.End != FlowEnd.None && flow.Record.Spec.Reopen) OpenOne(flow.Record.Spec);
            else if (flow.Record.IsOpen && flow.Record.Spec.Lifetime > 0) _loop.Schedule(new Expiry(this, flow), Monotonic.Now);
        }

        return report;
    }

    public void Dispose() => _loop.Dispose();

    private void OpenOne(FlowSpec spec)
    {
        var id = ++_lastId;
        var stream = new StreamState(id, _instance);
        var record = new FlowRecord(spec, stream) { WhenEnded = Ended };
        if (_faultAt != 0) record.Fault(_faultAt); // too young to have to survive it
        Endpoint endpoint = spec.Protocol == FlowProtocol.Tcp
            ? TcpConnection.Connect(_loop, spec.TargetEndPoint, spec.SourceAddress, stream, spec.Size, spec.Interval, record)
            : new UdpFlow(_loop, spec.TargetEndPoint, spec.SourceAddress, stream, spec.Size, spec.Interval, record);
        if (!endpoint.IsClosed) record.Local = (IPEndPoint?)endpoint.Socket!.LocalEndPoint;
        var flow = new Flow(record, endpoint);
        _flows[id] = flow;
        if (spec.Lifetime > 0) _loop.Schedule(new Expiry(this, flow), Monotonic.Now + spec.Lifetime);
    }

    /// <summary>In a window the ended one stays to tell of it; the report replaces it.</summary>
    private void Ended(FlowRecord record, long now)
    {
        _ended++;
        if (_inWindow || !record.Spec.Reopen) return;
        _unopened++;
        _loop.Schedule(new Opener(this, _loop, record.Spec with { Count = 1 }), now + ReopenPause);
    }

    private static void Ask(Flow flow, long now)
    {
        flow.Record.Asked(now);
        ((TcpConnection)flow.Endpoint).SendOne(now);
    }

    private static void Close(Flow flow, long now)
    {
        if (flow.Endpoint is TcpConnection tcp) tcp.Close(FlowEnd.Closed, now);
        else ((UdpFlow)flow.Endpoint).Close(FlowEnd.Closed, now);
    }

    private sealed record Flow(FlowRecord Record, Endpoint Endpoint);

    /// <summary>Opens a bundle's flows at its rate; for ever when they are short-lived.</summary>
    private sealed class Opener(TrafficClient client, EventLoop loop, FlowSpec spec) : Endpoint(null)
    {
        private int _opened;
        private long _next;

        public override void Ready(long now)
        {
        }

        public override void Due(long now)
        {
            client.OpenOne(spec);
            if (spec.Lifetime == 0) client._unopened--;
            if (spec.Lifetime > 0 || ++_opened < spec.Count)
            {
                // From the time that was planned, not from now: a late turn must not lower the rate.
                _next = (_next == 0 ? now : _next) + (long)(Monotonic.Second / spec.Rate);
                loop.Schedule(this, _next);
            }
        }
    }

    /// <summary>Closes a short-lived flow, not while a window is open: the flows that met a fault stay to tell of it.</summary>
    private sealed class Expiry(TrafficClient client, Flow flow) : Endpoint(null)
    {
        public override void Ready(long now)
        {
        }

        public override void Due(long now)
        {
            if (client._inWindow) return;
            Close(flow, now);
            client._flows.Remove(flow.Record.Id);
        }
    }
}
