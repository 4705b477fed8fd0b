using System.Text;

namespace ActorMirror.Domain;

/// <summary>
/// A short stand-in for a text that devices compare: FNV-1a of 64 bits over UTF-8. It tells texts apart that differ by mistake; it is no
/// protection against someone who wants two to look alike.
/// </summary>
public static class Digest
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <param name="lines">Each counts with the end of its line, so that <c>ab, c</c> differs from <c>a, bc</c>.</param>
    public static ulong Of(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var hash = Offset;
        foreach (var line in lines)
        {
            foreach (var b in Encoding.UTF8.GetBytes(line)) hash = (hash ^ b) * Prime;
            hash = (hash ^ '\n') * Prime;
        }

        return hash;
    }
}
