using ActorMirror.Configuration.Hocon;

namespace ActorMirror.Tests.Configuration.Hocon;

/// <summary>The HOCON specification, chapter "API Recommendations": units.</summary>
public class SpecificationUnitTests
{
    [Theory]
    [InlineData("10", 10)]
    [InlineData("10ms", 10)]
    [InlineData(" 10  ms ", 10)]
    [InlineData("1.5s", 1500)]
    [InlineData("-2 seconds", -2000)]
    public void Units_format(string text, double milliseconds)
    {
        HoconUnits.TryParseDuration(text, out var duration).ShouldBeTrue();
        duration.TotalMilliseconds.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData("ns nano nanos nanosecond nanoseconds", 1_000_000, 10_000)]
    [InlineData("us micro micros microsecond microseconds", 1_000, 10_000)]
    [InlineData("ms milli millis millisecond milliseconds", 1, 10_000)]
    [InlineData("s second seconds", 1, 10_000_000)]
    [InlineData("m minute minutes", 1, 600_000_000)]
    [InlineData("h hour hours", 1, 36_000_000_000)]
    [InlineData("d day days", 1, 864_000_000_000)]
    public void Duration_format(string units, int number, long ticks)
    {
        foreach (var unit in units.Split(' '))
        {
            HoconUnits.TryParseDuration($"{number}{unit}", out var duration).ShouldBeTrue(unit);
            duration.Ticks.ShouldBe(ticks, unit);
        }
    }

    [Theory]
    [InlineData("1", "B b byte bytes")]
    [InlineData("1000", "kB kilobyte kilobytes")]
    [InlineData("1000000", "MB megabyte megabytes")]
    [InlineData("1000000000", "GB gigabyte gigabytes")]
    [InlineData("1000000000000", "TB terabyte terabytes")]
    [InlineData("1000000000000000", "PB petabyte petabytes")]
    [InlineData("1000000000000000000", "EB exabyte exabytes")]
    [InlineData("1024", "K k Ki KiB kibibyte kibibytes")]
    [InlineData("1048576", "M m Mi MiB mebibyte mebibytes")]
    [InlineData("1073741824", "G g Gi GiB gibibyte gibibytes")]
    [InlineData("1099511627776", "T t Ti TiB tebibyte tebibytes")]
    [InlineData("1125899906842624", "P p Pi PiB pebibyte pebibytes")]
    [InlineData("1152921504606846976", "E e Ei EiB exbibyte exbibytes")]
    public void Size_in_bytes_format(string bytes, string units)
    {
        foreach (var unit in units.Split(' '))
        {
            HoconUnits.TryParseSize($"1 {unit}", out var size).ShouldBeTrue(unit);
            size.ShouldBe(long.Parse(bytes), unit);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("ms")]
    [InlineData("10 MS")]
    [InlineData("10 parsecs")]
    [InlineData("1e3ms")]
    [InlineData("99999999999999999999d")]
    public void No_durations(string text) => HoconUnits.TryParseDuration(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("1ZB zettabyte")]
    [InlineData("1ZiB")]
    [InlineData("1YB")]
    [InlineData("9EB 1")]
    [InlineData("10EB")]
    [InlineData("1 kb")]
    public void No_sizes(string text) => HoconUnits.TryParseSize(text, out _).ShouldBeFalse();
}
