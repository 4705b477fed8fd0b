namespace ActorMirror.Management.Metrics;

/// <summary>What passes from the kernel to the actors, and how much room is left.</summary>
internal static class KernelFigures
{
    public static void Draw(Picture picture, Measurements measured)
    {
        picture.Counter("conntrack_events_total", "Events of our connections that were read.")(measured.Events.Heard, Picture.None);
        picture.Counter("conntrack_event_batches_total", "Batches in which they were handed to the tables.")(measured.Events.Batches, Picture.None);
        picture.Counter("conntrack_event_batches_refused_total", "Batches a table had no room for.")(measured.Events.Refused, Picture.None);
        picture.Counter("conntrack_event_overflows_total", "How often the kernel had no room for events and lost some.")(measured.Events.Overflows, Picture.None);
        if (measured.KernelTable is { } table)
        {
            picture.Gauge("conntrack_entries", "Entries in the kernel's connection table of the data plane's namespace.")(table.Entries, Picture.None);
            picture.Gauge("conntrack_entries_limit", "The most the kernel's connection table holds.")(table.Maximum, Picture.None);
        }

        var waiting = picture.Gauge("mailbox_messages", "Messages that wait for the actor.", "actor");
        var restarts = picture.Counter("actor_restarts_total", "How often the actor failed and was replaced.", "actor");
        foreach (var actor in measured.Actors)
        {
            waiting(actor.Waiting, [actor.Name]);
            restarts(actor.Restarts, [actor.Name]);
        }

        picture.Gauge("journal_up", "1 when the journal keeps everything.")(Picture.Flag(measured.JournalIsWell), Picture.None);
        picture.Counter("journal_dropped_total", "Records the journal gave up.")(measured.JournalDropped, Picture.None);
        picture.Counter("cpu_seconds_total", "Processor time of the worker, user and system.")(Environment.CpuUsage.TotalTime.TotalSeconds, Picture.None);
        picture.Gauge("resident_memory_bytes", "Memory of the worker, which is locked.")(Environment.WorkingSet, Picture.None);
    }
}
