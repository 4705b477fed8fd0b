using ActorMirror.Management.Contracts;

namespace ActorMirror.Management.Events;

/// <summary>What happened between two looks at a device. Pure; names that are in only one of them came or went.</summary>
internal static class StatusChanges
{
    public static IEnumerable<EventReport> Between(StatusReport before, StatusReport now, DateTimeOffset at)
    {
        if (!before.Members.SequenceEqual(now.Members) || before.Quorate != now.Quorate)
            yield return new EventReport(at, "members", null, $"{(now.Quorate ? "quorate" : "not quorate")}: {string.Join(", ", now.Members)}");
        if (before.Membership != now.Membership)
            yield return new EventReport(at, "members", now.Device, $"{now.Device} is {Metrics.Picture.Word(now.Membership)}");
        foreach (var group in now.TrafficGroups)
        {
            if (before.TrafficGroups.FirstOrDefault(g => g.Name == group.Name) is not { } old) continue;
            foreach (var change in OfGroup(old, group, now.Device, at)) yield return change;
        }

        foreach (var alarm in now.Alarms.ExceptBy(before.Alarms.Select(Key), Key)) yield return new EventReport(at, "alarm", About(alarm), $"{alarm.Text}; {alarm.Remedy}");
        foreach (var alarm in before.Alarms.ExceptBy(now.Alarms.Select(Key), Key)) yield return new EventReport(at, "alarm-over", About(alarm), alarm.Text);
    }

    private static IEnumerable<EventReport> OfGroup(TrafficGroupReport old, TrafficGroupReport group, string device, DateTimeOffset at)
    {
        if (old.Role != group.Role)
            yield return new EventReport(at, "role", group.Name, $"{device} was {Metrics.Picture.Word(old.Role)} and is {Metrics.Picture.Word(group.Role)} for {group.Name}");
        else if (old.Transitions != group.Transitions)
            yield return new EventReport(at, "role", group.Name, $"{device} is {Metrics.Picture.Word(group.Role)} for {group.Name} again");
        if (old.Active != group.Active || old.NextActive != group.NextActive)
            yield return new EventReport(at, "placement", group.Name, $"{group.Name} is active on {group.Active ?? "no device"}, next on {group.NextActive ?? "none"}");
        if (group.LastPromotion is { } promotion && promotion.Epoch != old.LastPromotion?.Epoch)
        {
            yield return new EventReport(
                at, "promotion", group.Name, $"{group.Name} became active on {device} ({promotion.Reason}): waited {promotion.WaitMs:F0} ms, took {promotion.PromotionMs:F0} ms, {promotion.Protected} connections go on");
        }

        if (group.Mirror is { } mirror && mirror.State != old.Mirror?.State)
        {
            yield return new EventReport(
                at, "mirror", group.Name, $"the mirror channel of {group.Name} {(mirror.Peer.Length == 0 ? "" : $"with {mirror.Peer} ")}is {Metrics.Picture.Word(mirror.State)}{(mirror.Reason is { } why ? $": {why}" : "")}");
        }
        else if (group.Mirror is null && old.Mirror is not null)
        {
            yield return new EventReport(at, "mirror", group.Name, $"{device} has no end of the mirror channel of {group.Name} any more");
        }
    }

    private static (string, string?) Key(AlarmReport alarm) => (alarm.Id, alarm.Object);

    private static string About(AlarmReport alarm) => alarm.Object is null ? alarm.Id : $"{alarm.Id} {alarm.Object}";
}
