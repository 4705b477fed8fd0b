using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using ActorMirror.Configuration;
using ActorMirror.Domain.Connections;
using ActorMirror.Import.Reports;

namespace ActorMirror.Import.Hocon;

/// <summary>
/// The last word has the configuration itself: a draft is checked as <c>amctl config check</c> would, and what it refuses is taken out, with its
/// reason, until nothing is refused. So no rule of the configuration is told twice, and none is missed.
/// </summary>
internal static partial class Refusals
{
    /// <summary>The most objects of a kind; the configuration allows fewer of some.</summary>
    private const int MostObjects = FlowMark.MaximumVirtualServer;

    /// <returns>The text of a configuration without errors.</returns>
    public static string Settle(Draft draft, ImmutableArray<string> heading, Report report)
    {
        Limits(draft, report);
        while (true)
        {
            Skeleton.Complete(draft, report);
            var text = HoconWriter.Write(draft, heading);
            var errors = ConfigurationLoader.Parse(Encoding.UTF8.GetBytes(text), "import").Problems.Where(p => p.Severity == ProblemSeverity.Error).ToList();
            if (errors.Count == 0) return text;

            if (TakeOut(draft, errors, report)) continue;
            if (Skeleton.IsAlone(draft)) throw new InvalidOperationException($"an import made what the configuration refuses: {errors[0]}");
            Skeleton.LeaveOutGroup(draft, errors[0].Message, report);
        }
    }

    /// <summary>Whether something could be taken out. Of a list the last elements first: the indexes of the others stay true.</summary>
    private static bool TakeOut(Draft draft, IReadOnlyList<ConfigurationProblem> errors, Report report)
    {
        var isChanged = false;
        var located = errors.Select(e => Locate(draft, e)).Where(l => l.Object is not null).DistinctBy(l => (l.Object, l.Setting, l.Index));
        foreach (var (section, made, setting, index, message) in located.OrderByDescending(l => l.Index).ToList())
        {
            if (section!.Find(made!.Name) is null) continue;
            isChanged = true;
            if (setting is { IsOptional: true })
            {
                made.Settings.Remove(setting);
                report.LeaveOut(setting.Place, made.Title, setting.Property.Length > 0 ? setting.Property : setting.Key, message);
            }
            else if (index is { } at && made.Settings.Find(s => s.Key == setting!.Key) is { Value: Value.Rows { Items.Length: > 1 } rows } list && at < rows.Items.Length)
            {
                made.Settings[made.Settings.IndexOf(list)] = list with { Value = new Value.Rows(rows.Items.RemoveAt(at)) };
                report.LeaveOut(rows.Items[at].Place, made.Title, rows.Items[at].Title, message);
            }
            else
            {
                section.Remove(made);
                report.LeaveOut(made.Place, made.Title, "", message);
            }
        }

        return isChanged;
    }

    /// <summary>What an error is about; devices stand and fall together.</summary>
    private static (DraftSection? Section, DraftObject? Object, Setting? Setting, int? Index, string Message) Locate(Draft draft, ConfigurationProblem error)
    {
        var path = ObjectPath().Match(error.Path);
        var section = draft.Sections.FirstOrDefault(s => s.Key == path.Groups["section"].Value && s != draft.Devices);
        var made = section?.Find(path.Groups["name"].Value);
        var setting = made?.Settings.Find(s => s.Key.Split('.')[0] == path.Groups["key"].Value);
        return (section, made, setting, int.TryParse(path.Groups["index"].Value, out var index) && setting is not null ? index : null, error.Message);
    }

    private static void Limits(Draft draft, Report report)
    {
        foreach (var section in draft.Sections)
        {
            var most = section == draft.TrafficGroups ? FlowMark.MaximumTrafficGroup : MostObjects;
            foreach (var cut in section.CutTo(most)) report.LeaveOut(cut.Place, cut.Title, "", $"at most {most} objects of {section.Key} are carried over");
        }

        foreach (var cut in draft.Snats.CutTo(FlowMark.MaximumVirtualServer - draft.VirtualServers.Objects.Count))
            report.LeaveOut(cut.Place, cut.Title, "", $"there are at most {FlowMark.MaximumVirtualServer} virtual servers and SNATs together");

        var fitting = draft.Pools.Objects.Count;
        for (var (i, members) = (0, 0); i < draft.Pools.Objects.Count; i++)
        {
            members += draft.Pools.Objects[i]["members"] is Value.Rows rows ? rows.Items.Length : 0;
            if (members > FlowMark.MaximumMember) fitting = Math.Min(fitting, i);
        }

        foreach (var cut in draft.Pools.CutTo(fitting)) report.LeaveOut(cut.Place, cut.Title, "", $"the pools up to this one have more than {FlowMark.MaximumMember} members");
    }

    [GeneratedRegex(@"^actormirror\.(?<section>[a-z-]+)\.(?<name>[a-z0-9_-]+)(\.(?<key>[a-z-]+))?(\[(?<index>[0-9]+)\])?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ObjectPath();
}
