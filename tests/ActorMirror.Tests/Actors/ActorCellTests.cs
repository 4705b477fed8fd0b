using ActorMirror.Actors.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Actors;

/// <summary>Supervision: what becomes of a message, its actor and what the message holds.</summary>
public sealed class ActorCellTests
{
    private readonly Lock _guard = new();
    private readonly List<string> _story = [];

    [Theory]
    [InlineData(0, "start; one; release one; two; release two; end")]
    [InlineData(1, "start; one; end; restart; one; release one; two; release two; end")]
    [InlineData(2, "start; one; end; restart; one; end; restart; release one; two; release two; end")]
    public async Task A_message_is_delivered_again_once_and_released_after_its_last_delivery(int failures, string story)
    {
        await using (var cell = Cell(failures))
        {
            cell.Tell(new Message("one", _story, _guard)).ShouldBeTrue();
            cell.Tell(new Message("two", _story, _guard)).ShouldBeTrue();
        }

        string.Join("; ", _story).ShouldBe(story);
    }

    [Fact]
    public async Task Control_overtakes_data_and_who_is_closed_takes_nothing()
    {
        var first = new TaskCompletionSource();
        var cell = Cell(0, first.Task);
        cell.TellData(new Message("one", _story, _guard));
        cell.TellData(new Message("data", _story, _guard));
        cell.Tell(new Message("control", _story, _guard));
        first.SetResult();
        await cell.DisposeAsync();

        _story.IndexOf("control").ShouldBeLessThan(_story.IndexOf("data"));
        cell.Tell(new Message("late", _story, _guard)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_actor_at_rest_works_on_the_callers_thread_if_the_caller_says_so_and_a_busy_one_where_it_is()
    {
        var (begin, held) = (new TaskCompletionSource(), new ManualResetEventSlim());
        await using var cell = Cell(0, begin.Task);
        var first = new Message("before it began", _story, _guard);
        cell.TellDataHere(first).ShouldBeTrue();
        begin.SetResult();
        await first.Released.Task;
        await RestAsync(cell);

        var here = new Message("here", _story, _guard);
        cell.TellDataHere(here).ShouldBeTrue();
        here.HandledOn.ShouldBe(Environment.CurrentManagedThreadId);

        var busy = new Message("busy", _story, _guard) { During = held.Wait };
        cell.TellData(busy);
        await busy.Begun.Task;
        var behind = new Message("behind", _story, _guard);
        cell.TellDataHere(behind).ShouldBeTrue();
        behind.HandledOn.ShouldBeNull();
        held.Set();
        await behind.Released.Task;
        behind.HandledOn.ShouldBe(busy.HandledOn);
    }

    /// <summary>What an actor does here it does not go on with: the caller gets its thread back after its message.</summary>
    [Fact]
    public async Task A_caller_that_runs_an_actor_does_not_run_what_others_post_meanwhile()
    {
        await using var cell = Cell(0);
        await RestAsync(cell);
        var other = new Message("other", _story, _guard);
        var here = new Message("here", _story, _guard) { During = () => cell.TellData(other) };
        cell.TellDataHere(here);
        here.HandledOn.ShouldBe(Environment.CurrentManagedThreadId);
        other.HandledOn.ShouldBeNull();
        await other.Released.Task;
    }

    private ActorCell<Message> Cell(int failures, Task? begin = null)
    {
        var left = failures;
        return new ActorCell<Message>("tested", _ => new Recorder(Note, () => left-- > 0, begin ?? Task.CompletedTask), NullLogger.Instance);
    }

    private void Note(string what)
    {
        lock (_guard) _story.Add(what);
    }

    /// <summary>Posts until one was handled within the call: from then on the actor is at rest.</summary>
    private async Task RestAsync(ActorCell<Message> cell)
    {
        while (true)
        {
            var (thread, message) = (Environment.CurrentManagedThreadId, new Message("rest", _story, _guard));
            cell.TellDataHere(message);
            await message.Released.Task;
            if (message.HandledOn == thread) return;
        }
    }

    private sealed class Message(string text, List<string> story, Lock guard) : IDisposable
    {
        public string Text => text;

        public Action? During { get; init; }

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int? HandledOn { get; private set; }

        public void Handle()
        {
            HandledOn = Environment.CurrentManagedThreadId;
            Begun.TrySetResult();
            During?.Invoke();
        }

        public void Dispose()
        {
            lock (guard) story.Add($"release {text}");
            Released.TrySetResult();
        }
    }

    private sealed class Recorder(Action<string> note, Func<bool> fails, Task begin) : Actor<Message>
    {
        public override async ValueTask StartAsync(bool restart)
        {
            await begin;
            note(restart ? "restart" : "start");
        }

        public override ValueTask HandleAsync(Message message)
        {
            note(message.Text);
            message.Handle();
            if (fails()) throw new InvalidOperationException("as asked");
            return ValueTask.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            note("end");
            await base.DisposeAsync();
        }
    }
}
