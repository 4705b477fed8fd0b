using System.Runtime.InteropServices;
using ActorMirror.Kernel.Addresses;

namespace ActorMirror.Kernel.Conntrack;

/// <summary>One direction of a connection. Addresses are 128-bit numbers in host order, IPv4 in its IPv6-mapped form.</summary>
/// <param name="Protocol">IANA number: 6 TCP, 17 UDP; others have ports of 0 here.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ConntrackTuple(byte Protocol, UInt128 Source, ushort SourcePort, UInt128 Destination, ushort DestinationPort)
{
    public const byte Tcp = 6;
    public const byte Udp = 17;

    public bool IsV4 => MappedAddress.IsV4(Source);

    /// <summary>The other direction, as it is without address translation.</summary>
    public ConntrackTuple Inverse => new(Protocol, Destination, DestinationPort, Source, SourcePort);

    public override string ToString() =>
        $"{Protocol} {MappedAddress.ToText(Source)}:{SourcePort} > {MappedAddress.ToText(Destination)}:{DestinationPort}";
}

/// <summary>What conntrack knows of a TCP connection apart from its windows.</summary>
/// <param name="State"><see cref="TcpState.None"/> where the kernel did not tell: not TCP, or an event that is not about the state.</param>
/// <param name="WindowScaleOriginal">0 to 14; a DESTROY event does not tell it.</param>
/// <param name="WindowScaleReply">0 to 14; a DESTROY event does not tell it.</param>
public readonly record struct ConntrackTcp(
    TcpState State,
    byte WindowScaleOriginal,
    byte WindowScaleReply,
    TcpFlags FlagsOriginal,
    TcpFlags FlagsReply);

/// <summary>
/// How far a helper moved the sequence numbers of one direction by writing another text (struct nf_ct_seqadj): <paramref name="Before"/> bytes before a position,
/// <paramref name="After"/> bytes from it on.
/// </summary>
public readonly record struct ConntrackSequence(uint Position, int Before, int After);

/// <summary>
/// A connection that an entry's helper expects, from any port to exactly one destination, and that will be translated like its master (the kernel's
/// nat-follow-master).
/// </summary>
/// <param name="Master">The original direction of the entry whose helper expects it.</param>
/// <param name="Tuple">Its source port is 0: any.</param>
/// <param name="Direction">enum ip_conntrack_dir: the direction of the master that it goes in.</param>
/// <param name="Saved">The destination's address before translation.</param>
/// <param name="SavedPort">The destination's port before translation.</param>
public readonly record struct ConntrackExpectation(ConntrackTuple Master, ConntrackTuple Tuple, byte Direction, UInt128 Saved, ushort SavedPort);

/// <summary>An entry of the conntrack table as the kernel shows it: the reply direction is the translated one.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ConntrackEntry
{
    public ConntrackTuple Original { get; init; }

    /// <summary>From the member back to the client or SNAT address.</summary>
    public ConntrackTuple Reply { get; init; }

    public ConntrackStatus Status { get; init; }

    public uint Mark { get; init; }

    /// <summary>
    /// Seconds until the entry expires. In a DESTROY event what it had left: 0 when it ran out, more when it was deleted, flushed, dropped early or
    /// killed by its protocol (kernel 86d21fc74745, 5.10).
    /// </summary>
    public uint TimeoutSeconds { get; init; }

    /// <summary>Bit n is label n. In dumps, and in the event of a label that was set; zero in other events.</summary>
    public UInt128 Labels { get; init; }

    /// <summary>The kernel's number for this entry, different on every device.</summary>
    public uint Id { get; init; }

    public ConntrackTcp Tcp { get; init; }

    /// <summary>Its text is read by nf_conntrack_ftp. Dumps and events other than DESTROY tell it.</summary>
    public bool HasFtpHelper { get; init; }

    /// <summary>Only dumps tell it, no event does.</summary>
    public ConntrackSequence SequenceOriginal { get; init; }

    /// <inheritdoc cref="SequenceOriginal"/>
    public ConntrackSequence SequenceReply { get; init; }

    /// <summary>The original direction of the entry whose helper expected this one. In dumps, and in the event of its creation; its protocol is 0 in others.</summary>
    public ConntrackTuple Master { get; init; }
}

/// <summary>Why an entry is reported.</summary>
public enum ConntrackEventKind : byte
{
    New,
    Update,
    Destroy,

    /// <summary>An expectation of this entry's helper came or went; only the entry's original direction is told.</summary>
    Expectation,
}

/// <summary>One change of the table.</summary>
public readonly record struct ConntrackEvent(ConntrackEventKind Kind, ConntrackEntry Entry);
