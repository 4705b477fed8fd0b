using ActorMirror.Domain.Addresses;

namespace ActorMirror.Domain.Connections;

/// <summary>What the kernel has read a connection's text with (a conntrack helper), by our number on the wire.</summary>
public enum ConnectionHelper : byte
{
    None = 0,

    /// <summary>nf_conntrack_ftp with nf_nat_ftp: the connection is an FTP control connection (RFC 959, RFC 2428).</summary>
    Ftp = 1,
}

/// <summary>
/// How far the sequence numbers of one direction were moved because the helper wrote another address into the text (struct nf_ct_seqadj).
/// </summary>
/// <param name="Position">The sequence number from which on <paramref name="After"/> counts.</param>
/// <param name="Before">Bytes added, or taken away, before it.</param>
/// <param name="After">Bytes added, or taken away, from it on.</param>
public readonly record struct SequenceAdjustment(uint Position, int Before, int After);

/// <summary>
/// A connection that a helper expects: it will belong to the one that announced it, and be translated like it (the kernel's nat-follow-master).
/// </summary>
/// <param name="Flow">From any port (0) of the source, to exactly that destination.</param>
/// <param name="Direction">The direction of its master that it goes in: 0 original, 1 reply.</param>
/// <param name="Saved">The destination as the text had it, before translation.</param>
public sealed record Expectation(FlowKey Flow, byte Direction, Endpoint Saved);

/// <summary>
/// What a mirror must know of a connection that has a helper, or that one expected, beyond its <see cref="ConnectionRecord"/>. Few connections have it. A helper
/// of FTP expects one connection at a time: a later one takes its place (nf_conntrack_ftp.c, ftp_exp_policy).
/// </summary>
/// <param name="Original">Of the original direction.</param>
/// <param name="Reply">Of the reply direction.</param>
/// <param name="Master">Of a connection that was expected: whose helper did, by its original flow.</param>
public sealed record HelperState(
    ConnectionHelper Helper, SequenceAdjustment Original = default, SequenceAdjustment Reply = default, Expectation? Expected = null, FlowKey? Master = null)
{
    /// <summary>An FTP control connection that expects nothing and was not rewritten yet: most are.</summary>
    public static readonly HelperState Ftp = new(ConnectionHelper.Ftp);

    public bool IsAdjusted => Original != default || Reply != default;

    public static HelperState ExpectedBy(in FlowKey master) => new(ConnectionHelper.None, Master: master);
}
