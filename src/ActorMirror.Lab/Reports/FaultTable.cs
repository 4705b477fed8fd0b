using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorMirror.Lab.Reports;

/// <summary>The table a run ends with, a row per fault.</summary>
internal static class FaultTable
{
    private static readonly string[] Columns =
    [
        "fault", "owned", "eligible", "protected", "survived", "lost", "bytes lost", "reordered", "TCP gap ms", "UDP gap ms", "UDP lost", "detection ms",
        "promotion ms", "unmirrored reset",
    ];

    public static IRenderable Build(IReadOnlyList<FaultReport> faults, string? caption = null)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in Columns) table.AddColumn(new TableColumn(column) { Alignment = column == "fault" ? Justify.Left : Justify.Right });
        foreach (var fault in faults) table.AddRow([.. Cells(fault).Select(c => new Markup(c))]);
        if (caption is not null) table.Caption = new TableTitle(Markup.Escape(caption));
        return table;
    }

    private static IEnumerable<string> Cells(FaultReport fault) =>
    [
        fault.Ok ? fault.Name : $"[red]{fault.Name}[/]",
        $"{fault.Owned}",
        $"{fault.Eligible}",
        $"{fault.Protected}",
        $"{fault.Survived}",
        fault.Lost == 0 ? "0" : $"[red]{fault.Lost} ({Markup.Escape(fault.LostReasons)})[/]",
        $"{fault.BytesLost}",
        $"{fault.Reordered}",
        $"{fault.TcpGapMs.Median:0} / {fault.TcpGapMs.Max:0}",
        $"{fault.UdpGapMs.Median:0} / {fault.UdpGapMs.Max:0}",
        $"{fault.UdpLost} of {fault.UdpSent}",
        fault.DetectionMs is { } detection ? $"{detection:0}" : "-",
        fault.PromotionMs is { } promotion ? $"{promotion:0}" : "-",
        fault.Unmirrored.Of == 0 ? "-" : $"{fault.Unmirrored.Reset} of {fault.Unmirrored.Of} ({fault.Unmirrored.LatestMs / 1000:0.0} s)",
    ];
}
