using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Faults;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Lab.Tests.Actors;

/// <summary>What makes a message come. Each leaves the network as it was.</summary>
/// <param name="target">The device whose actor is to die.</param>
internal sealed class Provocations(Site site, LabDevice active, LabDevice nextActive, LabDevice target)
{
    // Twice what fits into the listener's socket (16 MB, about 1 KB each).
    private const int Flood = 16_384;

    /// <summary>It comes by itself.</summary>
    public Task NothingAsync() => Task.CompletedTask;

    public Task OpenConnectionAsync() => site.OpenOneAsync();

    public Task ListAsync() => target.Control.ProtectedAsync("tg1");

    public Task ListRecordsAsync() => target.Control.PersistenceAsync("tg1");

    /// <summary>Refused where tg1 is not active.</summary>
    public Task DeleteRecordsAsync() => UnansweredAsync(target.Control.DeletePersistenceAsync("tg1"));

    /// <summary>A connection that nobody has, to tg1's virtual address.</summary>
    public Task FindAsync() => target.Control.ExplainAsync("tcp 192.0.2.1:1024 10.10.0.100:5000");

    /// <summary>A planned handover. The command is not answered in order when the actor that keeps the request dies.</summary>
    public Task MoveAsync() => UnansweredAsync(active.Control.ForceStandbyAsync("tg1", nextActive.Name));

    /// <summary>Nobody answers a command whose actor died at it.</summary>
    public Task ResyncAsync() => UnansweredAsync(target.Control.ResyncAsync("tg1"));

    /// <summary>Of a certificate that nobody has.</summary>
    public Task RevokeAsync() => UnansweredAsync(target.Control.RevokeAsync("00:c0:ff:ee"));

    /// <summary>Of a device that was not taken out.</summary>
    public Task ReleaseAsync() => UnansweredAsync(target.Control.ReleaseAsync(target.Name));

    /// <summary>An entry that the active does not know appears in the mirror's kernel: the next comparison finds it.</summary>
    public async Task AddStrangerAsync()
    {
        var group = (await nextActive.Control.StatusAsync())!.TrafficGroups.First(g => g.Name == "tg1").Number;
        using var thread = NamespaceThread.Enter(site.Network.DataPlane(nextActive.Name));
        using var table = thread.Run(ConntrackTable.Open);
        var original = Udp("192.0.2.3", 1024, "192.0.2.4", 9);
        var batch = new ConntrackBatch();
        batch.Create(new ConntrackEntry { Original = original, Reply = original.Inverse, Mark = FlowMark.Create(group, 1, 1).Value }, timeoutSeconds: 600);
        table.Execute(batch).ShouldBe(0);
    }

    /// <summary>The mirror's table begins anew: the channel is closed and the snapshot asked for again.</summary>
    public Task LoseCopyAsync() => nextActive.Control.KillActorAsync("connection-table/tg1", "Tick");

    /// <summary>One injected entry disappears from the mirror's kernel.</summary>
    public async Task DeleteCopyAsync()
    {
        var group = (await nextActive.Control.StatusAsync())!.TrafficGroups.First(g => g.Name == "tg1").Number;
        using var thread = NamespaceThread.Enter(site.Network.DataPlane(nextActive.Name));
        using var table = thread.Run(ConntrackTable.Open);
        ConntrackTuple? copy = null;
        table.Dump(FlowMark.GroupBits(group), FlowMark.OursMask | FlowMark.TrafficGroupMask, entries => copy = entries[0].Original);
        var batch = new ConntrackBatch();
        batch.Delete(copy!.Value);
        table.Execute(batch).ShouldBe(0);
    }

    public async Task CutExternalAsync()
    {
        await site.DoAsync(new Step { Fault = FaultKind.CutExternal, Device = target.Name, Measured = false });
        if (target == active) await ActiveElsewhereAsync();
        await site.DoAsync(new Step { Fault = FaultKind.Heal, Device = target.Name, Measured = false });
    }

    /// <summary>
    /// The worker stands still while the group moves, and more of its connections change than its socket holds: it wakes without lease and
    /// without knowing what happened.
    /// </summary>
    public async Task FreezeAsync()
    {
        var worker = target.Worker!;
        worker.Send(Signal.Stop);
        try
        {
            FloodEvents(site.Network.DataPlane(target.Name));
            if (target == active) await ActiveElsewhereAsync();
        }
        finally
        {
            worker.Send(Signal.Continue);
        }
    }

    private static async Task UnansweredAsync(Task command)
    {
        try
        {
            await command;
        }
        catch (HttpRequestException)
        {
            // "the actor was restarted; look where the traffic group is", or a table that is no active's, or silence
        }
    }

    private Task ActiveElsewhereAsync() => Site.UntilAsync(
        async () => (await site.Cluster.StatusAsync(except: target)).Values.SelectMany(s => s.TrafficGroups).Any(g => g.Name == "tg1" && g.Role == Role.Active),
        $"tg1 has left {target.Name}");

    /// <summary>Entries of a traffic group that nobody has: the listener hears of them, no table is theirs.</summary>
    private static void FloodEvents(string networkNamespace)
    {
        using var thread = NamespaceThread.Enter(networkNamespace);
        using var table = thread.Run(ConntrackTable.Open);
        var batch = new ConntrackBatch();
        for (var i = 0; i < Flood; i++)
        {
            var original = Udp("192.0.2.1", (ushort)(1024 + i), "192.0.2.2", 9);
            var mark = FlowMark.Create(FlowMark.MaximumTrafficGroup, 1, 1).Value;
            batch.Create(new ConntrackEntry { Original = original, Reply = original.Inverse, Mark = mark }, timeoutSeconds: 60);
            batch.Delete(original);
        }

        table.Execute(batch).ShouldBe(0);
    }

    private static ConntrackTuple Udp(string from, ushort fromPort, string to, ushort toPort) =>
        new(ConntrackTuple.Udp, Address.Parse(from).Value, fromPort, Address.Parse(to).Value, toPort);
}
