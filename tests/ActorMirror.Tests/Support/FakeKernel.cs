using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Tests.Support;

/// <summary>A connection tracking table: unique in both directions, and entries that can be refused or disappear.</summary>
internal sealed class FakeKernel
{
    private readonly Dictionary<FlowKey, ConnectionRecord> entries = [];
    private readonly HashSet<FlowKey> replies = [];
    private readonly Dictionary<FlowKey, HelperState> helped = [];

    /// <summary>Flows whose next creation is refused.</summary>
    public HashSet<FlowKey> Refuses { get; } = [];

    public IReadOnlyDictionary<FlowKey, ConnectionRecord> Entries => entries;

    public HelperState? Helped(in FlowKey key) => helped.GetValueOrDefault(key);

    public void Put(in ConnectionRecord record, HelperState? state = null)
    {
        entries.Add(record.Original, record);
        if (state is not null) helped.Add(record.Original, state);
        replies.Add(record.Reply).ShouldBeTrue();
    }

    /// <summary>Null: done; else why not, as the kernel's error says.</summary>
    public RetractionReason? Do(in KernelOperation operation)
    {
        var record = operation.Record;
        switch (operation.Action)
        {
            case KernelAction.Delete:
                Remove(record.Original);
                return null;
            case KernelAction.Update when !entries.ContainsKey(record.Original):
                return RetractionReason.Vanished;
            case KernelAction.Update:
                entries[record.Original].Reply.ShouldBe(record.Reply, "an update cannot change a tuple");
                entries[record.Original] = record;
                if (operation.Helped is { } state) helped[record.Original] = state;
                else helped.Remove(record.Original);
                return null;
            case KernelAction.Replace:
                Remove(record.Original);
                break;
        }

        if (Refuses.Remove(record.Original)) return RetractionReason.KernelRefused;
        if (entries.ContainsKey(record.Original) || replies.Contains(record.Reply)) return RetractionReason.TupleTaken;
        Put(record, operation.Helped);
        return null;
    }

    public bool Remove(in FlowKey key)
    {
        if (!entries.Remove(key, out var entry)) return false;
        helped.Remove(key);
        replies.Remove(entry.Reply);
        return true;
    }
}
