using ActorMirror.Actors.Devices;

namespace ActorMirror.Actors.Alarms;

/// <summary>
/// Which alarm a loss of all roles gives. A device is in again within milliseconds, so a look may come when all is over: the alarm stands for one look at
/// least, then until the device is in again.
/// </summary>
public sealed class DropWatch
{
    private RolesDropped? seen;

    /// <param name="last">The last time the roles were dropped; null: never.</param>
    /// <param name="isIn">The device takes part again.</param>
    /// <returns>Text of <see cref="AlarmKind.RolesDropped"/>; null: no alarm.</returns>
    public string? Look(RolesDropped? last, bool isIn)
    {
        var isNew = !ReferenceEquals(last, seen);
        seen = last;
        return last is not null && (isNew || !isIn) ? $"this device dropped all its roles: {last.Reason}" : null;
    }
}
