using System.Reflection;
using ActorMirror.Actors.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Actors;

/// <summary>What <c>kill-actor</c> takes is the list that reflection finds, for every actor there is.</summary>
public sealed class MessageTypeTests
{
    /// <summary>The messages of every class that derives from <see cref="Actor{TMessage}"/>.</summary>
    public static TheoryData<Type> Hierarchies =>
    [
        .. typeof(Actor<>).Assembly.GetTypes().Select(t => t.BaseType)
            .Where(b => b is { IsGenericType: true } && b.GetGenericTypeDefinition() == typeof(Actor<>)).Select(b => b!.GenericTypeArguments[0]),
    ];

    [Theory, MemberData(nameof(Hierarchies))]
    public Task A_cell_can_be_killed_at_each_of_its_messages_and_at_no_other(Type hierarchy) =>
        (Task)typeof(MessageTypeTests).GetMethod(nameof(CheckAsync), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(hierarchy).Invoke(null, null)!;

    private static async Task CheckAsync<TMessage>()
        where TMessage : class
    {
        await using var cell = new ActorCell<TMessage>("idle", _ => new Idle<TMessage>(), NullLogger.Instance);

        var messages = typeof(TMessage).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(TMessage))).ToList();

        messages.ShouldNotBeEmpty();
        messages.ShouldAllBe(m => m.IsSealed, "a kill at a message must not be one at its relatives");
        cell.Kills.Keys.ShouldBe(messages.Select(m => m.Name), ignoreOrder: true);
        messages.ShouldAllBe(m => cell.KillAtNext(m.Name));
        cell.KillAtNext(null).ShouldBeTrue("at any message");
        cell.KillAtNext("Nonsense").ShouldBeFalse();
        cell.KillAtNext(typeof(TMessage).Name).ShouldBeFalse("the hierarchy itself is no message");
    }

    private sealed class Idle<TMessage> : Actor<TMessage>
        where TMessage : class
    {
        public override ValueTask HandleAsync(TMessage message) => ValueTask.CompletedTask;
    }
}
