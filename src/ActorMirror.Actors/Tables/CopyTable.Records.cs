using System.Runtime.InteropServices;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Persistence;
using ActorMirror.Kernel.Nftables;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <content>The copy of persistence records, ready in this kernel's maps before its gate opens.</content>
internal sealed partial class CopyTable
{
    private ServiceTable rulesetOf;

    public void ListRecords(TableMessage.ListRecords request)
    {
        Table.Records.Now = context.Clock;
        var all = Table.Records.Records().Skip(request.Cursor).Take(request.Limit).ToList();
        request.Done(new RecordPage(
            [.. all.Where(request.IsAsked).Select(record => new PersistenceView(record, null, null, IsProtected: true))],
            all.Count < request.Limit ? null : request.Cursor + all.Count, Table.Records.Count, Table.Records.Refused));
    }

    /// <summary>What the batch says of records goes into the kernel; false: that did not take it.</summary>
    private bool TryRecord()
    {
        if (maps is null || work.Records.Count == 0) return true;
        try
        {
            maps.Apply(CollectionsMarshal.AsSpan(work.Records));
            return true;
        }
        catch (NftablesException failure)
        {
            context.Log.LogWarning(failure, "Traffic group {Group}: the kernel did not take copies of persistence records", context.Group);
            return false;
        }
    }

    /// <summary>
    /// While this device's monitor had a member down, the kernel lost its elements, and another ruleset has none at all; the active's word is the truth.
    /// </summary>
    private void TellAgain(Func<FlowMark, bool> isOfThese)
    {
        work.Clear();
        Table.Records.Now = context.Clock;
        Table.Records.TellAgain(isOfThese, work.Records);
        TryRecord();
    }

    private void FollowRuleset()
    {
        if (rulesetOf == context.Services()) return;
        rulesetOf = context.Services();
        TellAgain(static _ => true);
    }
}
