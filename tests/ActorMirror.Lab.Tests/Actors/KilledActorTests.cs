using ActorMirror.Actors.Runtime;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Lab.Tests.Actors;

/// <summary>An actor may die at any message: its successor goes on with what the kernel, the other actors and the mirror hold.</summary>
public sealed class KilledActorTests
{
    [PrivilegedFact]
    public async Task Killing_any_actor_at_each_of_its_messages_loses_no_connection()
    {
        await using var site = await Site.BuildAsync(s => s with { Configuration = Clone.Path("hocon", "scenarios", "killed-actors-devices.conf") });
        await site.StartAsync("a", "b");
        await NoneIsLeftOutAsync(site);
        await site.OpenAsync(tcp: 20, udp: 5);
        await site.WatchAsync();

        List<string> problems = [];
        foreach (var kill in KillPlan.Kills)
        {
            foreach (var part in kill.On == Part.Both ? [Part.Active, Part.NextActive] : new[] { kill.On })
            {
                if (await KillAsync(site, kill, part) is { } problem) problems.Add(problem);
            }
        }

        problems.AddRange(await site.LostAsync());
        problems.ShouldBeEmpty(site.ToString());
    }

    /// <summary>The daemons' list is the generated one, and each of its entries has its turn.</summary>
    private static async Task NoneIsLeftOutAsync(Site site)
    {
        var hierarchies = typeof(Actor<>).Assembly.GetTypes().Select(t => t.BaseType)
            .Where(b => b is { IsGenericType: true } && b.GetGenericTypeDefinition() == typeof(Actor<>)).Select(b => b!.GenericTypeArguments[0]);
        var actors = await site.Cluster["a"].Control.ActorsAsync();

        actors.Select(a => string.Join(' ', a.Kills.Keys)).Distinct().ShouldBe(
            hierarchies.Select(h => string.Join(' ', MessageTypes.Of(h).Keys)), ignoreOrder: true);

        var taken = actors.SelectMany(a => a.Kills.Keys.Select(m => $"{a.Name.Split('/')[0]} {m}")).Distinct();
        var planned = KillPlan.Kills.Select(k => (k.Actor, k.Message)).Concat(KillPlan.Elsewhere.Select(e => (e.Actor, e.Message)));
        planned.Select(p => $"{p.Actor.TrimEnd('/')} {p.Message}").ShouldBe(taken, ignoreOrder: true);
    }

    /// <returns>What went wrong; null when the actor died, has a successor, and every connection moves on.</returns>
    private static async Task<string?> KillAsync(Site site, Kill kill, Part part)
    {
        try
        {
            await site.ProtectedAsync();
            var active = await site.Cluster.ResolveAsync("active(tg1)");
            var nextActive = await site.Cluster.ResolveAsync("next-active(tg1)");
            var target = part == Part.Active ? active : nextActive;
            var provocations = new Provocations(site, active, nextActive, target);
            var before = await KillsAsync(target, kill);
            await target.Control.KillActorAsync(kill.Name, kill.Message);
            await kill.By(provocations);
            await Site.UntilAsync(
                async () => await KillsAsync(target, kill) > before,
                $"{kill.Name} dies at {kill.Message} on {target.Name} ({part})");
            var lost = await site.LostAsync();
            return lost.IsEmpty ? null : $"{kill.Name} at {kill.Message} ({part}): {string.Join("; ", lost)}";
        }
        catch (Exception e) when (e is TimeoutException or HttpRequestException or OperationCanceledException or CommandException)
        {
            return $"{kill.Name} at {kill.Message} ({part}): {e.Message}";
        }
    }

    private static async Task<int> KillsAsync(LabDevice device, Kill kill) =>
        (await device.Control.ActorsAsync()).FirstOrDefault(a => a.Name == kill.Name)?.Kills[kill.Message] ?? 0;
}
