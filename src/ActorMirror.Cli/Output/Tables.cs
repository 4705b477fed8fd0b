using System.Collections.Immutable;
using ActorMirror.Management.Contracts;
using Spectre.Console;

namespace ActorMirror.Cli.Output;

/// <summary>Reports as tables for people. Nothing is shown here that is not in the report.</summary>
internal static class Tables
{
    public static void Cluster(IAnsiConsole console, StatusReport status)
    {
        var ring = status.Ring is null ? "no ring" : $"ring {status.Ring}";
        console.MarkupLineInterpolated($"Device [bold]{status.Device}[/], {status.Engine}, {ring}, {(status.Quorate ? "quorate" : "NOT QUORATE")}, {Text.Of(status.Membership)}");
        console.MarkupLineInterpolated($"Members: {string.Join(", ", status.Members)}");
        if (status.UnsafePair)
        {
            console.MarkupLine("[yellow]UNSAFE PAIR: two devices without an arbiter; a cut between them makes both active.[/]");
        }

        if (status.Journal != "ok") console.MarkupLineInterpolated($"[yellow]Journal: {status.Journal}[/]");
        var table = New("Traffic group", "Active", "Next-active", "Epoch");
        foreach (var group in status.TrafficGroups) Row(table, group.Name, group.Active ?? "-", group.NextActive ?? "-", group.Epoch ?? "-");
        console.Write(table);
        if (status.ClusterLinks.Length > 0) ClusterLinks(console, status.ClusterLinks);
        Alarms(console, status.Alarms);
    }

    private static void ClusterLinks(IAnsiConsole console, ImmutableArray<ClusterLinkReport> links)
    {
        var table = New("Cluster link", "To", "From address", "To address", "State", "Since", "Downs", "Read");
        foreach (var link in links)
        {
            Row(
                table,
                link.Link.ToString(),
                link.Device,
                link.LocalAddress,
                link.Address,
                link.State == ClusterLinkState.Up ? "up" : Text.Of(link.State).ToUpperInvariant(),
                link.Since?.Wall.ToString("u") ?? "-",
                link.Downs?.ToString() ?? "-",
                link.AgeMs is null ? "never" : $"{Text.Ms(link.AgeMs)} ago");
        }

        console.Write(table);
    }

    public static void Devices(IAnsiConsole console, ImmutableArray<DeviceReport> devices)
    {
        var table = New("Device", "Id", "State", "Last heard", "Active for", "Next-active for", "Failed VLANs", "Configuration");
        foreach (var device in devices)
        {
            Row(
                table,
                device.Self ? device.Name + " (this)" : device.Name,
                device.Id.ToString(),
                Text.Of(device),
                Text.Ms(device.LastHeardMs),
                string.Join(", ", device.ActiveFor),
                string.Join(", ", device.NextActiveFor),
                string.Join(", ", device.FailedVlans),
                device.SameConfiguration switch { true => "same", false => "DIFFERS", null => "-" });
        }

        console.Write(table);
        foreach (var device in devices) Alarms(console, device.Alarms ?? []);
    }

    public static void TrafficGroups(IAnsiConsole console, ImmutableArray<TrafficGroupReport> groups)
    {
        var table = New("Traffic group", "Role", "Since", "Active", "Next-active", "Epoch", "Lease", "Owned", "Protected", "Unmirrored", "By choice", "Mirrored here", "Last promotion");
        foreach (var group in groups)
        {
            Row(
                table,
                group.Name,
                Text.Of(group.Role),
                group.Since.Wall.ToString("u"),
                group.Active ?? "-",
                group.NextActive ?? "-",
                group.Epoch ?? "-",
                Text.Ms(group.LeaseRemainingMs),
                group.Counts.Owned.ToString(),
                group.Counts.Protected.ToString(),
                group.Counts.Unmirrored.ToString(),
                group.Counts.ByChoice.ToString(),
                group.Counts.MirroredHere.ToString(),
                group.LastPromotion is { } p ? $"{p.Reason}: waited {Text.Ms(p.WaitMs)}, took {Text.Ms(p.PromotionMs)}" : "-");
        }

        console.Write(table);
        foreach (var group in groups.Where(g => g.Placement is not null))
            console.MarkupLineInterpolated($"{group.Name} is active on {group.Active ?? "nobody"}: {group.Placement!.WhyActive}; next-active {group.NextActive ?? "nobody"}: {group.Placement.WhyNextActive}");
        foreach (var group in groups)
        {
            if (group.LastPromotion?.Loss is { } loss)
                console.MarkupLineInterpolated($"{group.Name}: resumed {loss.Resumed} of {loss.Owned?.ToString() ?? "a number that is not known"}; lost: {Text.Lost(loss)}; last word {Text.LastWord(loss)}");
        }

        foreach (var group in groups.Where(g => g.Held is not null)) console.MarkupLineInterpolated($"[yellow]{group.Name} is held:[/] {group.Held}");
    }

    public static void Failovers(IAnsiConsole console, ImmutableArray<FailoverReport> failovers)
    {
        var table = New("At", "Traffic group", "From", "To", "Reason", "Detection", "Promotion", "Resumed", "Of", "Lost", "Last word");
        foreach (var f in failovers)
        {
            Row(
                table,
                f.At.ToString("u"),
                f.TrafficGroup,
                f.From ?? "-",
                f.To,
                f.Reason,
                Text.Ms(f.DetectionMs),
                Text.Ms(f.PromotionMs),
                f.Loss?.Resumed.ToString() ?? "-",
                f.Loss is null ? "-" : f.Loss.Owned?.ToString() ?? "not known",
                f.Loss is null ? "-" : Text.Lost(f.Loss),
                f.Loss is null ? "-" : Text.LastWord(f.Loss));
        }

        console.Write(table);
    }

    public static void VirtualServers(IAnsiConsole console, ImmutableArray<VirtualServerReport> servers)
    {
        var table = New("Virtual server", "Destination", "Traffic group", "Mirror", "SNAT", "Connections", "Protected", "Member", "State", "Member's connections");
        foreach (var server in servers)
        {
            Row(
                table,
                server.Name,
                $"{server.Protocol} {server.Destination}",
                server.TrafficGroup,
                server.Mirror,
                server.Snat,
                server.Connections.ToString(),
                server.Protected.ToString(),
                string.Join('\n', server.Members.Select(m => m.Address)),
                string.Join('\n', server.Members.Select(m => m.State)),
                string.Join('\n', server.Members.Select(m => m.Connections)));
        }

        console.Write(table);
    }

    public static void Snats(IAnsiConsole console, ImmutableArray<SnatReport> snats)
    {
        var table = New("SNAT", "Origins", "VLANs", "Translation", "Traffic group", "Mirror", "Connections", "Protected");
        foreach (var snat in snats)
        {
            Row(
                table,
                snat.Name,
                string.Join('\n', snat.Origins),
                snat.Vlans.IsEmpty ? "all" : string.Join(", ", snat.Vlans),
                (snat.Automap ? "automap\n" : "") + string.Join('\n', snat.Translations),
                snat.TrafficGroup,
                snat.Mirror,
                snat.Connections.ToString(),
                snat.Protected.ToString());
        }

        console.Write(table);
    }

    public static void Connections(IAnsiConsole console, ConnectionPage page)
    {
        var table = New("Virtual server or SNAT", "Client", "Destination", "Member", "State", "Mirrored");
        foreach (var c in page.Connections)
        {
            var mirrored = c.Mirrored ? "yes" : $"no: {c.Reason ?? "unknown"}";
            Row(table, c.VirtualServer, $"{c.Protocol} {c.Client}", c.Destination, c.Snat is null ? c.Member : $"{c.Member} from {c.Snat}", c.Helper is null ? c.State : $"{c.State}, {c.Helper}", mirrored);
        }

        console.Write(table);
        console.MarkupLineInterpolated($"{page.Connections.Length} of {page.Total}");
        if (page.Next is { } next) console.MarkupLineInterpolated($"more: --after {next}");
    }

    public static void Persistence(IAnsiConsole console, PersistencePage page)
    {
        var table = New("Virtual server", "Mode", "Client", "Member", "Age", "Remaining", "Connections", "Mirrored");
        foreach (var r in page.Records)
        {
            Row(
                table, string.Join(", ", r.VirtualServers), r.Mode, r.Client, $"{r.Member} of {r.Pool}", Text.Ms(r.AgeMs), $"{Text.Ms(r.RemainingMs)} of {Text.Ms(r.TimeoutMs)}",
                r.Connections?.ToString() ?? "-", r.Mirrored ? "yes" : "no");
        }

        console.Write(table);
        console.MarkupLineInterpolated($"{page.Records.Length}{(page.IsMore ? " (there are more: --limit)" : "")} of {page.Total}");
        if (page.Refused > 0) console.MarkupLineInterpolated($"[yellow]{page.Refused} clients were not remembered: no room (data-plane.max-persistence-records)[/]");
    }

    public static void Mirrors(IAnsiConsole console, ImmutableArray<MirrorReport> mirrors)
    {
        var table = New(
            "Traffic group", "Channel", "Direction", "Peer", "Port", "Path", "State", "Since", "Transitions", "Lag", "Sequence", "Complete", "Not held", "Repaired", "Reason", "Last reason");
        foreach (var m in mirrors)
        {
            Row(
                table,
                m.TrafficGroup,
                m.Channel.ToString(),
                Text.Of(m.Direction),
                m.Peer,
                m.Port.ToString(),
                m.Path is null ? "-" : m.Security == "tls" ? m.Path : $"{m.Path}, {m.Security}",
                Text.Of(m.State),
                m.Since.Wall.ToString("u"),
                m.Transitions.ToString(),
                Text.Lag(m),
                Text.Sequence(m),
                m.Complete ? "yes" : "no",
                string.Join('\n', m.NotHeld.Select(reason => $"{reason.Value} {reason.Key}")),
                Text.Of(m.Repaired),
                m.Reason ?? "",
                m.LastReason is { } last ? $"{last.At:u} {last.Text}" : "");
        }

        console.Write(table);
    }

    public static void Trust(IAnsiConsole console, TrustReport trust)
    {
        var table = New("", "Subject", "Serial", "Key", "Until", "");
        Certificate(trust.HoldsAuthorityKey ? "authority, signs here" : "authority", trust.Authority);
        Certificate("this device", trust.Own);
        foreach (var issued in trust.Issued) Certificate("issued", issued);
        console.Write(table);
        if (trust.Own is null) console.WriteLine("This device has no certificate: run 'amctl trust init' on the first device of the group, 'amctl trust join' on the others.");
        if (trust.AwaitsAnswer) console.WriteLine("A request of this device waits for its answer ('amctl trust join install').");

        void Certificate(string what, CertificateReport? certificate)
        {
            if (certificate is { } c) Row(table, what, c.Subject, c.Serial, c.Fingerprint, c.NotAfter.ToString("u"), c.IsRevoked ? "REVOKED" : "");
        }
    }

    private static void Alarms(IAnsiConsole console, ImmutableArray<AlarmReport> alarms)
    {
        foreach (var alarm in alarms)
        {
            var about = alarm.Object is null ? "" : " " + alarm.Object;
            console.MarkupLineInterpolated($"[red]{alarm.Id}[/]{about}: {alarm.Text} (since {alarm.Since.Wall:u}); {alarm.Remedy}");
        }
    }

    public static Table New(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns) table.AddColumn(column);
        return table;
    }

    /// <summary>Names come from configuration files: they are text, never markup.</summary>
    public static void Row(Table table, params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);
}
