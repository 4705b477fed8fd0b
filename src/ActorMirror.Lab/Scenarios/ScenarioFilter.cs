using ActorMirror.Lab.Faults;

namespace ActorMirror.Lab.Scenarios;

/// <summary>Part of a scenario, for development.</summary>
internal static class ScenarioFilter
{
    /// <summary>Keeps the named faults, each with what mends it afterwards; an empty list keeps all.</summary>
    /// <exception cref="ScenarioException">The scenario has no such fault.</exception>
    public static Scenario Only(Scenario scenario, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0) return scenario;
        var known = scenario.Steps.Select(s => s.Fault).OfType<FaultKind>().Select(f => FaultMeasurement.Name(f)).ToHashSet();
        if (names.FirstOrDefault(n => !known.Contains(n)) is { } unknown)
            throw new ScenarioException($"the scenario has no fault \"{unknown}\"; it has {string.Join(", ", known.Order())}");

        List<Step> steps = [];
        var kept = true;
        foreach (var step in scenario.Steps)
        {
            if (step.Fault is { } fault && !Mends(fault)) kept = names.Contains(FaultMeasurement.Name(fault));
            if (step.Fault is null || kept) steps.Add(step);
        }

        return scenario with { Steps = [.. steps] };
    }

    private static bool Mends(FaultKind fault) => fault is FaultKind.Resume or FaultKind.Heal or FaultKind.RestartDevice;
}
