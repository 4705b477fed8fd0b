using ActorMirror.Domain.Connections;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// Connections that are mirrored once they carried enough bytes: the packet that reaches the number sets a label, and the label is an event. Nothing of this is
/// in a table whose configuration does not ask for it; where it does, packets of others pay one look-up by mark.
/// </summary>
public static partial class Ruleset
{
    /// <summary>The conntrack label that says so. Far from 0, where other programs begin to number theirs.</summary>
    public const int LargeLabel = 113;

    private static List<(uint Bits, long Bytes)> Growing(Family family, ServiceTable services) =>
    [
        .. services.Services.Where(s => s.Has(family)).Select(s => (s.Bits, Listener: (Listener)s.Server))
            .Concat(services.Snats.Where(s => s.Has(family)).Select(s => (s.Bits, Listener: (Listener)s.Snat)))
            .Where(l => l.Listener.Mirror.AfterBytes is not null).Select(l => (l.Bits, l.Listener.Mirror.AfterBytes!.Value)),
    ];

    /// <summary>A chain for each number of bytes, and the way to it. A mask takes the place of the one before, so it names all events that are still wanted.</summary>
    private static string Growth(List<(uint Bits, long Bytes)> growing) => $$"""
        {{string.Join('\n', growing.Select(g => g.Bytes).Distinct().Select(bytes => $$"""
            chain large_{{bytes}} {
              ct label {{LargeLabel}} return
              ct bytes >= {{bytes}} ct event set reply,assured,destroy,label ct label set {{LargeLabel}}
            }
            """))}}
        {{Named("map growing { type mark : verdict;", growing.Select(g => $"{Hex(g.Bits)} : jump large_{g.Bytes}"))}}
        """;
}
