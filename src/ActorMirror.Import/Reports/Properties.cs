using System.Collections.Frozen;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Reports;

/// <summary>
/// The properties of one object while it is carried over. Whoever reads one takes it; what nobody took is left out and named by
/// <see cref="LeaveOutTheRest"/>, so that nothing is lost without a word.
/// </summary>
/// <param name="bookkeeping">Properties that say nothing about traffic.</param>
internal sealed class Properties(string title, Place place, IReadOnlyList<Item> items, Report report, FrozenSet<string> bookkeeping)
{
    /// <summary>Values that say what the absence of a property says.</summary>
    private static readonly FrozenSet<string> Off = new[] { "", "none", "disabled", "no", "false", "0", "not-configured" }.ToFrozenSet();

    private readonly HashSet<Item> _taken = new(ReferenceEqualityComparer.Instance);

    public string Title => title;

    public Place Place => place;

    public string Description => Word("description") ?? "";

    /// <summary>Whether there is something that nobody took.</summary>
    public bool HasMore => items.Any(i => !IsSaid(i));

    public Item? Take(string key)
    {
        var item = items.FirstOrDefault(i => i.Key == key && !_taken.Contains(i));
        if (item is not null) _taken.Add(item);
        return item;
    }

    /// <summary>The value of a property; null when it is absent or <c>none</c>.</summary>
    public string? Word(string key) => Take(key) is { Value: var value } && value is not ("" or "none") ? value : null;

    public bool Flag(string key) => Take(key) is not null;

    /// <summary>A property that means here what these values mean there; with another value it is left out.</summary>
    public void Same(string key, params ReadOnlySpan<string> values)
    {
        if (items.FirstOrDefault(i => i.Key == key && !_taken.Contains(i)) is { } item && values.Contains(item.Value)) _taken.Add(item);
    }

    /// <summary>Properties that need not be carried over, because another object says them or because they say nothing here.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (var item in items)
        {
            if (keys.Contains(item.Key)) _taken.Add(item);
        }
    }

    /// <summary>Properties of which it is known why they are left out.</summary>
    public void LeaveOut(string reason, params ReadOnlySpan<string> keys)
    {
        foreach (var item in items)
        {
            if (!keys.Contains(item.Key) || !_taken.Add(item) || IsOff(item)) continue;
            report.LeaveOut(item.Place, title, item.Key, reason);
        }
    }

    public void LeaveOut(Item item, string reason) => report.LeaveOut(item.Place, title, item.Key, reason);

    /// <summary>Something that is not one property.</summary>
    public void LeaveOutPart(string what, string reason) => report.LeaveOut(place, title, what, reason);

    /// <summary>The whole object.</summary>
    public void LeaveOutAll(string reason, Item? because = null) => report.LeaveOut(because?.Place ?? place, title, "", reason);

    public void LeaveOutTheRest(string reason = "ActorMirror has nothing of the kind")
    {
        foreach (var item in items)
        {
            if (!IsSaid(item)) report.LeaveOut(item.Place, title, item.Key, reason);
        }
    }

    private bool IsSaid(Item item) => _taken.Contains(item) || bookkeeping.Contains(item.Key) || IsOff(item);

    private static bool IsOff(Item item) => item.Words.Length > 1 && item.Entries.IsEmpty && Off.Contains(item.Value);
}
