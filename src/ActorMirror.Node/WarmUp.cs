using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorMirror.Node;

/// <summary>
/// Makes the product's own methods ready to run before they are needed. What was compiled ahead of time is still linked at its first call, and what
/// could not be (whatever holds a 128-bit integer) is compiled then; a first promotion spent 30 to 110 ms on that, later ones 2 to 20.
/// </summary>
internal static class WarmUp
{
    /// <summary>One to three seconds on a slow core, before the device takes part; what cannot be prepared is so at its first call, as ever.</summary>
    public static void Prepare()
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies().Where(IsOurs))
        {
            foreach (var type in assembly.GetTypes().Where(type => !type.ContainsGenericParameters))
            {
                const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
                foreach (MethodBase method in type.GetMethods(All)) TryPrepare(method);
                foreach (MethodBase constructor in type.GetConstructors(All)) TryPrepare(constructor);
            }
        }
    }

    private static bool IsOurs(Assembly assembly) =>
        assembly == typeof(WarmUp).Assembly || assembly.GetName().Name?.StartsWith("ActorMirror.", StringComparison.Ordinal) == true;

    private static void TryPrepare(MethodBase method)
    {
        if (method.IsAbstract || method.ContainsGenericParameters || method.GetMethodBody() is null) return;
        try
        {
            RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
        catch (Exception)
        {
            // A type that cannot be loaded fails where it is used, with its own reason.
        }
    }
}
