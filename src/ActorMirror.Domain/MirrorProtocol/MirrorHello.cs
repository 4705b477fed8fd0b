using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>What both ends of a mirror channel must know of each other before the first change travels. The active's word.</summary>
/// <param name="MinimumVersion">Lowest protocol version this device speaks.</param>
/// <param name="MaximumVersion">Highest protocol version this device speaks.</param>
/// <param name="TrafficGroupName">For people; the number in <paramref name="Stream"/> decides.</param>
/// <param name="Numbering">Digest of the numbers that marks carry (traffic groups, virtual servers, members): marks mean the same on both ends only if it is equal.</param>
/// <param name="Features">Optional parts this device understands, see <see cref="MirrorFeatures"/>; both ends use what both have.</param>
/// <param name="Platform">Product, kernel and machine: unlike devices may mirror each other unless the configuration says otherwise.</param>
/// <param name="RetractionsSeen">How many retractions of this stream arrived here; what follows is sent again.</param>
/// <param name="Channel">Which of the traffic group's channels this is; both ends deal out connections to equally many.</param>
public sealed record MirrorHello(
    byte MinimumVersion,
    byte MaximumVersion,
    DeviceId Device,
    StreamId Stream,
    string TrafficGroupName,
    ulong Numbering,
    uint Features,
    string Platform,
    long RetractionsSeen,
    ChannelShare Channel);

/// <summary>Optional parts of the protocol, one bit each; a bit that is not known is ignored.</summary>
public static class MirrorFeatures
{
    /// <summary>Digests, and the repair of what differs.</summary>
    public const uint Reconciliation = 1;

    /// <summary>The active's account of its connections.</summary>
    public const uint Accounts = 2;

    /// <summary>What helpers did to connections (<see cref="Connections.HelperState"/>). Digests count it, so it is needed for reconciliation.</summary>
    public const uint Helpers = 4;

    /// <summary>Persistence records. To a mirror that does not understand them they are not sent, and shown as not mirrored.</summary>
    public const uint Persistence = 8;

    /// <summary>What this build understands.</summary>
    public const uint Own = Reconciliation | Accounts | Helpers | Persistence;

    public static bool Reconciles(uint theirs) => (theirs & Own & Reconciliation) != 0 && HearsHelpers(theirs);

    public static bool HearsHelpers(uint theirs) => (theirs & Own & Helpers) != 0;

    public static bool HearsPersistence(uint theirs) => (theirs & Own & Persistence) != 0;

    public static bool HearsAccounts(uint theirs) => (theirs & Own & Accounts) != 0;
}

/// <summary>Why a device does not mirror for another. Each is shown to the operator; the asking end tries again later.</summary>
public enum MirrorRefusal : byte
{
    None = 0,

    /// <summary>No protocol version that both speak.</summary>
    Version = 1,

    /// <summary>This device expects another active for the traffic group.</summary>
    NotMyPeer = 2,

    /// <summary>This device is not the mirror of the traffic group (now).</summary>
    NotMirror = 3,

    /// <summary>A higher epoch of the traffic group was seen: the asking device is an old active.</summary>
    EpochTooLow = 4,

    /// <summary>The configurations differ in what the numbers in a mark mean.</summary>
    NumberingDiffers = 5,

    /// <summary>The hello could not be read.</summary>
    Malformed = 6,

    /// <summary>The hello is of another device than the certificate.</summary>
    NotWhoItSays = 7,

    /// <summary>The ends are unlike, and only like ones may mirror each other here.</summary>
    PlatformDiffers = 8,

    /// <summary>The ends have unlike numbers of channels: neither can hold what the other would send over one of them.</summary>
    ChannelsDiffer = 9,
}

/// <summary>The mirror's answer.</summary>
/// <param name="Version">The protocol version chosen; 0 when refused.</param>
/// <param name="Room">How many connections the mirror's table holds at most.</param>
/// <param name="Stream">The stream the mirror has a copy of; it resumes only when it equals the hello's.</param>
/// <param name="Received">The last change of that stream that arrived: the next one is wanted.</param>
/// <param name="Applied">The last change of that stream that is in the mirror's kernel.</param>
/// <param name="Detail">For people: what exactly was refused.</param>
public sealed record MirrorHelloAnswer(
    MirrorRefusal Refusal,
    byte Version,
    DeviceId Device,
    uint Features,
    int Room,
    StreamId Stream,
    long Received,
    long Applied,
    string Platform,
    string Detail);
