using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel.Wire;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorProtocol;

/// <content>The mirror: its table, its kernel, its end of the stream, and what can go wrong there.</content>
internal sealed partial class MirrorPair
{
    private int faults;

    public void MirrorReceives()
    {
        if (inHand.Count >= limits.BatchesInHand || !toMirror.TryDequeue(out var bytes)) return;
        var body = bytes.AsSpan(Frames.HeaderSize);
        if ((FrameType)bytes[4] == FrameType.ConfirmRetractions)
        {
            Frames.TryReadNumber(body, out var confirmed).ShouldBeTrue();
            receiver.Confirm(confirmed).ShouldBeTrue();
            return;
        }

        if ((FrameType)bytes[4] == FrameType.Digest)
        {
            Frames.TryReadDigest(body, out var digest).ShouldBeTrue();
            receiver.TakeDigest(digest).ShouldBeNull();
            inHand.Enqueue((receiver.Stream, [], digest));
            return;
        }

        Frames.TryReadChanges(body, changes, out var count).ShouldBeTrue();
        receiver.Take(changes.AsSpan(0, count)).ShouldBeNull();
        inHand.Enqueue((receiver.Stream, changes[..count], null));
    }

    public void MirrorApplies()
    {
        if (!inHand.TryDequeue(out var batch)) return;
        if (batch.Digest is { } digest)
        {
            Compare(batch.Stream, digest);
            return;
        }

        copy.UseDigestKey(batch.Stream.Incarnation);
        var consistent = copy.Apply(batch.Changes, work);
        Damaged.ExceptWith(batch.Changes.Where(c => c.NamesConnection).Select(c => c.Key));
        Lost.UnionWith(work.Retractions.Select(r => r.Key));
        Inject();
        while (copy.MustSweep)
        {
            copy.Sweep(work, 2);
            Inject();
        }

        Retract([.. work.Retractions]);
        work.Retractions.Clear();
        if (!copy.IsRepairing) receiver.Repaired(copy.Repairs);
        if (!consistent)
        {
            faults.ShouldBeGreaterThan(0, "the number of connections differs");
            GiveUp();
            return;
        }

        receiver.TryApply(batch.Stream, batch.Changes[^1].Sequence);
    }

    public void MirrorSends()
    {
        if (sender.Link != LinkState.Established || toActive.Count >= 3) return;
        if (receiver.UnsentRetractions > 0)
        {
            var count = receiver.TakeRetractions(retractions.AsSpan(0, 2), out var first);
            Send(toActive, Frames.Retractions(frame, first, retractions.AsSpan(0, count)));
        }
        else if (receiver.MustAcknowledge)
        {
            Send(toActive, Frames.Number(frame, FrameType.Acknowledge, receiver.TakeAcknowledgement()));
        }
        else if (receiver.MustAsk)
        {
            Send(toActive, Frames.Differing(frame, receiver.TakeDiffering()));
        }
        else if (receiver.MustReport)
        {
            Send(toActive, Frames.Repairs(frame, receiver.TakeRepairs()));
        }
        else if (toActive.Count == 0)
        {
            sender.Heard(Now); // a ping
        }
    }

    /// <summary>A delete that never arrived, a change that never did, an entry that went without a word: the copy is not what it should be.</summary>
    public void Damage(FlowKey key, ConnectionRecord? instead)
    {
        faults++;
        Damaged.Add(key);
        copy.Apply([instead is { } record ? MirrorChange.Upsert(1, record) : MirrorChange.Delete(1, key)], work);
        Inject();
        work.Retractions.Clear();
    }

    public void Refuse(FlowKey key) => kernel.Refuses.Add(key);

    public void Vanish(FlowKey key)
    {
        if (!kernel.Remove(key)) return;
        Lost.Add(key);
        if (copy.Vanished(key, out var retraction)) Retract([retraction]);
    }

    /// <summary>The mirror's daemon starts anew: it finds its kernel's entries and knows nothing of them.</summary>
    public void MirrorRestarts()
    {
        Break();
        inHand.Clear();
        receiver = new IncomingStream(limits);
        copy = new MirrorTable(room);
        foreach (var record in kernel.Entries.Values) copy.Seed(record, kernel.Helped(record.Original)?.Helper == ConnectionHelper.Ftp ? HelperState.Ftp : null);
    }

    private void Inject()
    {
        foreach (var operation in work.Operations)
        {
            var key = operation.Record.Original;
            if (kernel.Do(operation) is not { } reason)
            {
                Lost.Remove(key);
            }
            else if (copy.Failed(operation, reason, out var retraction))
            {
                Lost.Add(key);
                work.Retractions.Add(retraction);
            }
        }

        work.Operations.Clear();
    }

    private void Retract(List<Retraction> lost)
    {
        foreach (var retraction in lost)
        {
            if (receiver.TryRetract(retraction)) continue;
            GiveUp();
            return;
        }
    }

    /// <summary>As the receiver does: the copy is given up and the connection with it; what is in hand belongs to nobody.</summary>
    private void GiveUp()
    {
        receiver.Forget();
        inHand.Clear();
        Break();
    }

    private void Compare(StreamId stream, TableDigest digest)
    {
        var differing = copy.Compare(digest);
        if (differing.Count == 0) Agreements++;
        else receiver.Differs(stream, differing);
    }
}
