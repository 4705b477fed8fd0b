namespace ActorMirror.MirrorChannel.Wire;

/// <summary>What a frame carries; README.md in this folder has the layouts.</summary>
public enum FrameType : byte
{
    /// <summary>Active to mirror, the first frame.</summary>
    Hello = 1,

    /// <summary>Mirror to active, the first frame.</summary>
    HelloAnswer = 2,

    /// <summary>Active to mirror: changes in order.</summary>
    Changes = 3,

    /// <summary>Mirror to active: applied up to a sequence.</summary>
    Acknowledge = 4,

    /// <summary>Mirror to active: connections it does not have.</summary>
    Retractions = 5,

    /// <summary>Active to mirror: so many retractions arrived.</summary>
    ConfirmRetractions = 6,

    /// <summary>Either way, when nothing else was sent for a while.</summary>
    Ping = 7,

    /// <summary>Mirror to active, the last frame: why the channel is closed.</summary>
    Close = 8,

    /// <summary>Mirror to active: how many connections it can hold from now on.</summary>
    Room = 9,

    /// <summary>Active to mirror: the digest of its table after the changes so far.</summary>
    Digest = 10,

    /// <summary>Mirror to active: the buckets that differ.</summary>
    Differing = 11,

    /// <summary>Mirror to active: what was put right.</summary>
    Repairs = 12,

    /// <summary>Active to mirror: how many connections it has, and how many of them are exposed.</summary>
    Account = 13,
}
