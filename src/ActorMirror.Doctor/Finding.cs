namespace ActorMirror.Doctor;

/// <summary>How a finding is.</summary>
public enum Verdict
{
    Fine,

    /// <summary>Could not be looked at; the text says why.</summary>
    Skipped,

    /// <summary>It works, and could be better.</summary>
    Advice,

    /// <summary>The device does not work, or not as configured.</summary>
    Trouble,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Area">kernel, packages, sysctls, interfaces, addresses, tables, clock, trust, state, peers.</param>
/// <param name="Name">What, in a few words that stay the same between versions.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">What to do; empty when there is nothing to do.</param>
public sealed record Finding(string Area, string Name, Verdict Verdict, string Text, string Remedy = "");
