namespace ActorMirror.Journal;

/// <summary>Somebody changed something over the management API, or was refused. The newest <see cref="Kept"/> are kept.</summary>
/// <param name="Actor">Who: the name of a token, the user of the control socket, or that nobody was known.</param>
/// <param name="From">From where: an address, or the control socket.</param>
/// <param name="Action">What was asked, e.g. <c>force-standby</c>.</param>
/// <param name="Object">Of what: a traffic group, a certificate's serial number; empty: of the device.</param>
/// <param name="Status">The HTTP status code of the answer.</param>
/// <param name="Detail">What became of it, in a sentence.</param>
public sealed record Audit(DateTimeOffset At, string Actor, string From, string Action, string Object, int Status, string Detail)
{
    /// <summary>Some MB; refusals are written so rarely that they cannot push out a year of changes within a day.</summary>
    public const int Kept = 20_000;
}
