using System.Diagnostics;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ActorMirror.Kernel.Tests.Harness;

/// <summary>
/// A test that runs alone in a fresh network namespace: in a process of its own, because a .NET process whose threads live in
/// different namespaces hands them on to its thread pool. In the body, <see cref="TestNetwork"/> adds further namespaces.
/// The class needs a parameterless constructor; it may be <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>. Skipped without root, except where CI=true: there it fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("ActorMirror.Kernel.Tests.Harness.NamespaceFactDiscoverer", "ActorMirror.Kernel.Tests")]
public sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = "network namespaces need root: run the tests as root or with sudo";
    }
}

public sealed class NamespaceFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new NamespaceTestCase(diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}

public sealed class NamespaceTestCase : XunitTestCase
{
    [Obsolete("Called by the deserialiser only")]
    public NamespaceTestCase()
    {
    }

    public NamespaceTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method)
    {
    }

    public override Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink,
        IMessageBus messageBus,
        object[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource) =>
        new CaseRunner(this, DisplayName, SkipReason, constructorArguments, messageBus, aggregator, cancellationTokenSource).RunAsync();

    private sealed class CaseRunner(
        IXunitTestCase testCase, string name, string skip, object[] arguments, IMessageBus bus, ExceptionAggregator aggregator, CancellationTokenSource cancel)
        : XunitTestCaseRunner(testCase, name, skip, arguments, [], bus, aggregator, cancel)
    {
        protected override XunitTestRunner CreateTestRunner(
            ITest test,
            IMessageBus messageBus,
            Type testClass,
            object[] constructorArguments,
            System.Reflection.MethodInfo testMethod,
            object[] testMethodArguments,
            string skipReason,
            IReadOnlyList<BeforeAfterTestAttribute> beforeAfterAttributes,
            ExceptionAggregator aggregator,
            CancellationTokenSource cancellationTokenSource) =>
            new TestRunner(test, messageBus, testClass, testMethod, skipReason, aggregator, cancellationTokenSource);
    }

    private sealed class TestRunner(
        ITest test,
        IMessageBus bus,
        Type type,
        System.Reflection.MethodInfo method,
        string skip,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancel)
        : XunitTestRunner(test, bus, type, [], method, [], skip, [], aggregator, cancel)
    {
        protected override async Task<Tuple<decimal, string>> InvokeTestAsync(ExceptionAggregator aggregator)
        {
            var clock = Stopwatch.StartNew();
            var output = "";
            await aggregator.RunAsync(async () => output = await NamespaceProcess.RunAsync(TestClass, TestMethod, CancellationTokenSource.Token));
            return Tuple.Create((decimal)clock.Elapsed.TotalSeconds, output);
        }
    }
}
