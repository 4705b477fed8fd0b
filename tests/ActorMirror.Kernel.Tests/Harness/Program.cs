using System.Reflection;

namespace ActorMirror.Kernel.Tests.Harness;

/// <summary>Child's side of a namespace test: <c>TYPE METHOD</c> runs that method; exit code 1 and its exception on standard error if it failed.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [var typeName, var methodName]) return Usage();
        var type = typeof(Program).Assembly.GetType(typeName, throwOnError: true)!;
        var method = type.GetMethod(methodName) ?? throw new MissingMethodException(typeName, methodName);
        try
        {
            var instance = Activator.CreateInstance(type);
            try
            {
                if (method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, [], null) is Task running) await running;
            }
            finally
            {
                if (instance is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
                else (instance as IDisposable)?.Dispose();
            }

            return 0;
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync(failure.ToString());
            return 1;
        }
    }

    private static int Usage()
    {
        Console.Error.WriteLine("Runs one namespace test: TYPE METHOD. Start the tests with 'dotnet test'.");
        return 2;
    }
}
