using System.Collections.Immutable;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary>bigip.conf, bigip_base.conf and the files of partitions to one configuration. Bad text never throws.</summary>
public static class BigIpImporter
{
    /// <summary>All files of one device group together: what one of them defines, another may use.</summary>
    public static ImportResult Import(ImmutableArray<SourceFile> files)
    {
        var (report, draft) = (new Report(), new Draft());
        var read = files.Select(TmshReader.Read).ToList();
        foreach (var bad in read.SelectMany(f => f.Unreadable))
            report.LeaveOut(bad.Place, bad.Title, "", bad.LastLine > bad.Place.Line ? $"{bad.Reason}; lines {bad.Place.Line} to {bad.LastLine} are not read" : bad.Reason);

        var conversion = new Conversion(new Catalog(read, report), draft, report);
        foreach (var (kind, reader) in StanzaKinds.CarriedOver)
        {
            foreach (var stanza in conversion.Catalog.Of(kind)) reader(conversion, stanza);
            if (kind == StanzaKinds.LastOfDevices) Skeleton.Devices(draft, report, HostName(conversion), "read bigip_base.conf too");
        }

        foreach (var stanza in conversion.Catalog.All.Where(s => !StanzaKinds.IsCarriedOver(s.Kind)))
            report.LeaveOut(stanza.Place, stanza.Title, "", StanzaKinds.WhyNot(stanza.Kind));

        Skeleton.Finish(draft, report);
        var hocon = Refusals.Settle(draft, [$"From {string.Join(", ", files.Select(f => f.Name))} by 'amctl import bigip'."], report);
        return report.Result(hocon, draft.CarriedOver(), [.. files.Select(f => f.Name)]);
    }

    private static string HostName(Conversion conversion) =>
        conversion.Catalog.Of("sys global-settings").SelectMany(s => s.Items).FirstOrDefault(i => i.Key == "hostname")?.Value is { Length: > 0 } name ? name : "device-1";
}
