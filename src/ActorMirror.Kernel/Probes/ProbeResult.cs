namespace ActorMirror.Kernel.Probes;

/// <summary>What one probe found.</summary>
/// <param name="Name">A few words that stay the same between versions.</param>
/// <param name="Ok">The kernel can do it.</param>
/// <param name="Sentence">What was found, for an operator.</param>
/// <param name="Remedy">What to do; empty when there is nothing to do.</param>
public sealed record ProbeResult(string Name, bool Ok, string Sentence, string Remedy);
