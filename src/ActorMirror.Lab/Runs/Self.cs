namespace ActorMirror.Lab.Runs;

/// <summary>How to start this very program again, on any host of the lab.</summary>
internal static class Self
{
    public static string[] Command(IEnumerable<string> arguments) => ["dotnet", typeof(Self).Assembly.Location, .. arguments];
}
