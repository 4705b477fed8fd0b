namespace ActorMirror.Lab.Devices;

/// <summary>Where the daemon under test was built: in this clone, in the same configuration as the lab itself.</summary>
internal static class DaemonAssembly
{
    /// <exception cref="FileNotFoundException">Not built.</exception>
    public static string Path => Find();

    private static string Find()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory); // …/bin/CONFIGURATION/net10.0/, or publish/ in it
        if (output.Name == "publish") output = output.Parent!;
        for (var directory = output; directory is not null; directory = directory.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(directory.FullName, "ActorMirror.sln"))) continue;
            var path = System.IO.Path.Combine(
                directory.FullName, "src", "ActorMirror.Node", "bin", output.Parent!.Name, output.Name, "publish", "actormirrord.dll");
            return File.Exists(path) ? path : throw new FileNotFoundException($"build the daemon first: {path} is not there");
        }

        throw new FileNotFoundException("the lab runs from a clone: ActorMirror.sln is not above " + output.FullName);
    }
}
