namespace ActorMirror.Lab.Tests;

/// <summary>Files of the clone the tests run from.</summary>
internal static class Clone
{
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root(), .. parts]);

    /// <summary>Those with a name; the others are what scenarios include.</summary>
    public static IEnumerable<string> Scenarios() =>
        Directory.GetFiles(Path("hocon", "scenarios"), "*.conf").Where(f => File.ReadAllText(f).Contains("\nscenario {\n  name = ")).Order();

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(directory.FullName, "ActorMirror.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }
}
