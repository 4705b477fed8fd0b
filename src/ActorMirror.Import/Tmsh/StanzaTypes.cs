using System.Collections.Frozen;

namespace ActorMirror.Import.Tmsh;

/// <summary>Families of types: how many words they have. Only those where the words alone do not tell (names without a leading slash).</summary>
internal static class StanzaTypes
{
    private static readonly FrozenDictionary<string, int> Lengths = new Dictionary<string, int>
    {
        ["analytics"] = 2,
        ["auth"] = 2,
        ["cli"] = 2,
        ["cm"] = 2,
        ["gtm"] = 2,
        ["gtm global-settings"] = 3,
        ["gtm monitor"] = 3,
        ["gtm pool"] = 3,
        ["gtm wideip"] = 3,
        ["ilx"] = 2,
        ["ltm"] = 2,
        ["ltm auth"] = 3,
        ["ltm cipher"] = 3,
        ["ltm classification"] = 3,
        ["ltm data-group"] = 3,
        ["ltm dns"] = 3,
        ["ltm dns cache"] = 4,
        ["ltm global-settings"] = 3,
        ["ltm html-rule"] = 3,
        ["ltm message-routing"] = 4,
        ["ltm message-routing diameter profile"] = 5,
        ["ltm message-routing mqtt profile"] = 5,
        ["ltm message-routing sip profile"] = 5,
        ["ltm monitor"] = 3,
        ["ltm persistence"] = 3,
        ["ltm profile"] = 3,
        ["net"] = 2,
        ["net cos"] = 3,
        ["net fdb"] = 3,
        ["net ipsec"] = 3,
        ["net routing"] = 3,
        ["net tunnels"] = 3,
        ["pem"] = 2,
        ["pem profile"] = 3,
        ["sys"] = 2,
        ["sys application"] = 3,
        ["sys crypto"] = 3,
        ["sys file"] = 3,
        ["sys icall"] = 3,
        ["sys log-config"] = 3,
        ["sys log-config destination"] = 4,
    }.ToFrozenDictionary();

    /// <summary>Words of the type that the header starts with; null when the family is not known, or the header too short for it.</summary>
    public static int? LengthOf(IReadOnlyList<string> words, int typeWords)
    {
        for (var prefix = Math.Min(4, words.Count); prefix > 0; prefix--)
        {
            if (Lengths.TryGetValue(string.Join(' ', words.Take(prefix)), out var length)) return Math.Min(length, Math.Min(typeWords, words.Count));
        }

        return null;
    }
}
