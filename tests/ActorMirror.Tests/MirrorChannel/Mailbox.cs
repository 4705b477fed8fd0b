using System.Threading.Channels;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>The table's owner of these tests: one thread of messages, and waiting for what they bring about instead of sleeping.</summary>
internal sealed class Mailbox : IAsyncDisposable
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private readonly Channel<Action> messages = Channel.CreateBounded<Action>(65_536);
    private readonly List<(Func<bool> Condition, TaskCompletionSource Met)> waiting = [];
    private readonly Task loop;

    public Mailbox() => loop = Task.Run(RunAsync);

    public void Post(Action message) => messages.Writer.TryWrite(message).ShouldBeTrue("the mailbox of the test is full");

    /// <summary>Completes once the condition holds after some message; it is evaluated on the owner's thread.</summary>
    public Task WhenAsync(Func<bool> condition)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => waiting.Add((condition, met)));
        return met.Task.WaitAsync(Hang);
    }

    public Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => answer.SetResult(question()));
        return answer.Task.WaitAsync(Hang);
    }

    public async ValueTask DisposeAsync()
    {
        messages.Writer.TryComplete();
        await loop;
    }

    private async Task RunAsync()
    {
        await foreach (var message in messages.Reader.ReadAllAsync())
        {
            message();
            foreach (var (_, met) in waiting.Where(w => w.Condition())) met.TrySetResult();
            waiting.RemoveAll(w => w.Met.Task.IsCompleted);
        }
    }
}
