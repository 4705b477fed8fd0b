using ActorMirror.Import.BigIp;
using ActorMirror.Import.Keepalived;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;
using Xunit.Abstractions;

namespace ActorMirror.Tests.Import;

/// <summary>Every file of the corpus is read to its end, and what comes out is a configuration.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    [CorpusFact]
    public void Nearly_every_file_is_split_and_the_others_are_read_on()
    {
        var (files, clean, stanzas) = (0, 0, 0);
        foreach (var path in Corpus.BigIp)
        {
            var read = TmshReader.Read(Source(path));
            files++;
            stanzas += read.Stanzas.Length;
            if (read.Unreadable.IsEmpty) clean++;
            foreach (var bad in read.Unreadable) output.WriteLine($"{bad.Place.File}:{bad.Place.Line}-{bad.LastLine}: {bad.Title}: {bad.Reason}");
        }

        output.WriteLine($"{clean} of {files} files split without an error, {stanzas} stanzas");
        files.ShouldBeGreaterThan(400);
        clean.ShouldBeGreaterThanOrEqualTo(files - 8);
    }

    [CorpusFact]
    public void Every_result_is_found_fine_and_loses_nothing_without_a_word()
    {
        var (kinds, carried, unknown) = (new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        foreach (var path in Corpus.BigIp)
        {
            var result = BigIpImporter.Import([Source(path)]);
            Imported.Model(result);
            foreach (var stanza in TmshReader.Read(Source(path)).Stanzas)
            {
                (StanzaKinds.IsKnown(stanza.Kind) ? kinds : unknown).Add(stanza.Kind);
                if (result.CarriedOver.Any(c => c.Line == stanza.Place.Line)) carried.Add(stanza.Kind);
                var isNamed = result.CarriedOver.Any(c => c.Line == stanza.Place.Line) || result.LeftOut.Any(l => l.Object == stanza.Title)
                    || StanzaKinds.IsCarriedOver(stanza.Kind) && (stanza.Kind.StartsWith("ltm profile ") || stanza.Kind is "ltm node" or "cm traffic-group" or "cm device");
                isNamed.ShouldBeTrue($"{path}:{stanza.Place.Line}: {stanza.Title}");
            }
        }

        output.WriteLine($"{kinds.Count} kinds have an answer of their own, {carried.Count} of them carried over: {string.Join(", ", carried.Order())}");
        output.WriteLine($"{unknown.Count} are not known: {string.Join(", ", unknown.Order())}");
        kinds.Count.ShouldBeGreaterThanOrEqualTo(40);
    }

    [CorpusFact]
    public void Files_of_one_device_are_read_together()
    {
        foreach (var folder in Corpus.BigIp.GroupBy(f => Path.GetDirectoryName(f)!).Where(g => g.Any(f => Path.GetFileName(f) == "bigip_base.conf")))
        {
            var result = BigIpImporter.Import([.. folder.Select(Source)]);
            Imported.Model(result);
            output.WriteLine($"{folder.Key}: {result.CarriedOver.Length} carried over, {result.LeftOut.Length} left out");
        }
    }

    [CorpusFact]
    public void Every_keepalived_file_gives_a_configuration()
    {
        foreach (var path in Corpus.Keepalived)
        {
            var result = KeepalivedImporter.Import(Source(path));
            Imported.Model(result);
            output.WriteLine($"{Path.GetFileName(path)}: {result.CarriedOver.Length} carried over, {result.LeftOut.Length} left out");
        }
    }

    private static SourceFile Source(string path) => new(path, File.ReadAllText(path));
}
