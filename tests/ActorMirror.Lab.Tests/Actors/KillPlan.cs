namespace ActorMirror.Lab.Tests.Actors;

/// <summary>On which device of tg1 an actor is killed.</summary>
internal enum Part
{
    Active,
    NextActive,
    Both,
}

/// <summary>One message of one actor, where it is killed at it, and what makes it come.</summary>
internal sealed record Kill(string Actor, string Message, Part On, Func<Provocations, Task> By)
{
    /// <summary>As the daemon names the actor.</summary>
    public string Name => Actor.EndsWith('/') ? Actor + "tg1" : Actor;
}

/// <summary>
/// Every message of every actor. That none is left out is checked against the list the daemons make by reflection; a new message
/// belongs into one of the two tables.
/// </summary>
internal static class KillPlan
{
    private const string Device = "device";
    private const string Monitor = "monitor";
    private const string Group = "traffic-group/";
    private const string Table = "connection-table/";

    public static readonly Kill[] Kills =
    [
        new(Device, "Tick", Part.Both, p => p.NothingAsync()),
        new(Monitor, "Probed", Part.Both, p => p.NothingAsync()),
        new(Table, "Tick", Part.Both, p => p.NothingAsync()),
        new(Table, "List", Part.Both, p => p.ListAsync()),
        new(Table, "Find", Part.Both, p => p.FindAsync()),
        new(Table, "Events", Part.Active, p => p.OpenConnectionAsync()),
        new(Table, "Apply", Part.NextActive, p => p.OpenConnectionAsync()),
        new(Table, "Retracted", Part.Active, p => p.DeleteCopyAsync()),
        new(Table, "SnapshotWanted", Part.Active, p => p.LoseCopyAsync()),
        new(Table, "ChunkWanted", Part.Active, p => p.LoseCopyAsync()),
        new(Table, "ChannelChanged", Part.Active, p => p.LoseCopyAsync()),
        new(Group, "CopyChanged", Part.Active, p => p.LoseCopyAsync()),
        new(Table, "Resync", Part.Both, p => p.ResyncAsync()),
        new(Table, "DigestWanted", Part.Active, p => p.NothingAsync()),
        new(Table, "Compare", Part.NextActive, p => p.NothingAsync()),
        new(Table, "RepairWanted", Part.Active, p => p.AddStrangerAsync()),

        new(Table, "Role", Part.Both, p => p.MoveAsync()),
        new(Table, "Flush", Part.Active, p => p.MoveAsync()),
        new(Group, "Assigned", Part.Both, p => p.MoveAsync()),
        new(Group, "Moved", Part.Active, p => p.MoveAsync()),
        new(Group, "TableFlushed", Part.Active, p => p.MoveAsync()),
        new(Group, "AnnounceAgain", Part.NextActive, p => p.MoveAsync()),
        new(Device, "Ordered", Part.Both, p => p.MoveAsync()),
        new(Device, "Keep", Part.Both, p => p.MoveAsync()),
        new(Device, "ForceStandby", Part.Active, p => p.MoveAsync()),
        new(Device, "Revoke", Part.Both, p => p.RevokeAsync()),

        new(Device, "LinksChanged", Part.Both, p => p.CutExternalAsync()),
        new(Table, "EventsLost", Part.Both, p => p.FreezeAsync()),
        new(Group, "LeaseGranted", Part.Active, p => p.FreezeAsync()),
        new(Device, "LeaseGranted", Part.Active, p => p.FreezeAsync()),
        new(Device, "LeaseLost", Part.Active, p => p.FreezeAsync()),
        new(Device, "Loaded", Part.Active, p => p.FreezeAsync()),
    ];

    /// <summary>What no network brings about in good time: killed at these with hand-made surroundings, in ActorMirror.Tests.</summary>
    public static readonly (string Actor, string Message, string Why)[] Elsewhere =
    [
        (Group, "HandoverPatienceOver", "comes after half a minute without a complete copy"),
        (Group, "RetryAddresses", "comes when an interface refuses an address although its link is up"),
        (Monitor, "Watch", "comes once, before a request can reach the daemon"),
    ];
}
