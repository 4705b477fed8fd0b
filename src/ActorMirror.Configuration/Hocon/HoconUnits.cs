using System.Globalization;
using System.Numerics;

namespace ActorMirror.Configuration.Hocon;

/// <summary>Numbers with units (HOCON, "Units format", "Duration format", "Size in bytes format").</summary>
public static class HoconUnits
{
    private static readonly Dictionary<string, decimal> NanosecondsOf = Units(
        (1m, "ns nano nanos nanosecond nanoseconds"),
        (1_000m, "us micro micros microsecond microseconds"),
        (1_000_000m, "ms milli millis millisecond milliseconds"),
        (1_000_000_000m, "s second seconds"),
        (60_000_000_000m, "m minute minutes"),
        (3_600_000_000_000m, "h hour hours"),
        (86_400_000_000_000m, "d day days"));

    private static readonly Dictionary<string, BigInteger> BytesOf = ByteUnits();

    /// <summary>A duration; a number without a unit is in milliseconds. Rounded to ticks of 100 ns. False for what is no duration or overflows.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!TrySplit(text, out var number, out var unit)) return false;
        if (!NanosecondsOf.TryGetValue(unit.Length == 0 ? "ms" : unit, out var factor)) return false;
        if (Math.Abs(number) > long.MaxValue / factor) return false;
        duration = new TimeSpan((long)(number * factor / 100));
        return true;
    }

    /// <summary>A size in bytes; a number without a unit is in bytes. False for what is no size or does not fit in 64 bits.</summary>
    public static bool TryParseSize(string text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, out var number, out var unit) || !BytesOf.TryGetValue(unit, out var factor)) return false;
        if (factor > long.MaxValue || Math.Abs(number) > long.MaxValue / (decimal)factor) return false;
        bytes = (long)(number * (decimal)factor);
        return true;
    }

    private static bool TrySplit(string text, out decimal number, out string unit)
    {
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.Length;
        while (digits > 0 && char.IsLetter(trimmed[digits - 1])) digits--;
        unit = trimmed[digits..].ToString();
        return decimal.TryParse(
            trimmed[..digits].TrimEnd(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private static Dictionary<string, decimal> Units(params (decimal Factor, string Names)[] units) =>
        units.SelectMany(u => u.Names.Split(' ').Select(name => (name, u.Factor))).ToDictionary(u => u.name, u => u.Factor);

    private static Dictionary<string, BigInteger> ByteUnits()
    {
        var units = new Dictionary<string, BigInteger>();
        foreach (var name in new[] { "", "B", "b", "byte", "bytes" }) units[name] = 1;
        string[] letters = ["K", "M", "G", "T", "P", "E", "Z", "Y"];
        string[] decimals = ["kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta"];
        string[] binaries = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi"];
        for (var i = 0; i < letters.Length; i++)
        {
            var (letter, ten, two) = (letters[i], BigInteger.Pow(1000, i + 1), BigInteger.Pow(1024, i + 1));
            foreach (var name in new[] { (letter == "K" ? "k" : letter) + "B", decimals[i] + "byte", decimals[i] + "bytes" }) units[name] = ten;
            foreach (var name in new[] { letter, letter.ToLowerInvariant(), letter + "i", letter + "iB", binaries[i] + "byte", binaries[i] + "bytes" }) units[name] = two;
        }

        return units;
    }
}
