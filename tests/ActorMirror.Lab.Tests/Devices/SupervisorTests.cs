using ActorMirror.Lab.Processes;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Tests.Devices;

/// <summary>What the supervisor does about a worker that is no help.</summary>
public sealed class SupervisorTests
{
    [PrivilegedFact]
    public async Task A_worker_that_hangs_without_dying_is_replaced_and_the_new_one_takes_part()
    {
        await using var site = await Site.BuildAsync();
        await site.StartAsync("a", "b");
        var device = site.Cluster["a"];
        var hanging = device.Worker.ShouldNotBeNull();
        var processes = device.Processes().Count;

        hanging.Send(Signal.Stop);

        await Site.UntilAsync(() => Task.FromResult(!hanging.IsAlive), "the worker is killed");
        await Site.UntilAsync(async () => await device.Control.StatusAsync() is { Membership: Membership.Synced }, "its successor is in the group");
        device.Worker.ShouldNotBe(hanging);
        device.Processes().Count.ShouldBe(processes, "supervisor, corosync and one worker");
    }
}
