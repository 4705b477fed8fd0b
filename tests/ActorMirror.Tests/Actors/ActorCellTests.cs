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

    private ActorCell<Message> Cell(int failures, Task? begin = null)
    {
        var left = failures;
        return new ActorCell<Message>("tested", _ => new Recorder(Note, () => left-- > 0, begin ?? Task.CompletedTask), NullLogger.Instance);
    }

    private void Note(string what)
    {
        lock (_guard) _story.Add(what);
    }

    private sealed record Message(string Text, List<string> Story, Lock Guard) : IDisposable
    {
        public void Dispose()
        {
            lock (Guard) Story.Add($"release {Text}");
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
