namespace ActorMirror.Lab.Scenarios;

/// <summary>The scenarios of this clone.</summary>
internal static class ScenarioFiles
{
    /// <exception cref="ScenarioException">The lab does not run from a clone.</exception>
    public static string Find(string name)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var path = Path.Combine(directory.FullName, "hocon", "scenarios", name);
            if (File.Exists(path)) return path;
        }

        throw new ScenarioException($"hocon/scenarios/{name} is not above {AppContext.BaseDirectory}");
    }
}
