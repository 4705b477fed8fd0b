using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorProtocol;

/// <summary>What a digest finds, and what it costs to put it right.</summary>
public sealed class ReconcileTests
{
    private const int Connections = 3000;

    private static readonly MirrorLimits Limits = new() { BacklogChanges = 2048, BatchChanges = 256 };

    [Fact]
    public void Only_the_buckets_that_differ_are_transferred_and_what_was_found_is_counted()
    {
        var pair = Filled();
        pair.Damage(Flows.Key(Connections + 1), Flows.Connection(Connections + 1));
        pair.Damage(Flows.Key(Connections + 2), Flows.Connection(Connections + 2));
        pair.Damage(Flows.Key(10), null);
        pair.Damage(Flows.Key(11), Flows.Connection(11, member: 9));
        pair.Damage(Flows.Key(12), Flows.Connection(12, ConnectionState.TimeWait));
        pair.Reconcile();
        pair.Repairs.ShouldBe(new Repairs(Ghosts: 2, Missing: 1, Wrong: 2));
        pair.RepairsTold.ShouldBe(pair.Repairs);
        pair.RepairCount.ShouldBe(1);
        pair.RepairedBuckets.ShouldBeInRange(1, 5);
        pair.RepairElements.ShouldBeLessThan(30, "five buckets of 4096, with 3000 connections in all");
        pair.Snapshots.ShouldBe(1);
    }

    [Fact]
    public void Tables_that_are_equal_cost_one_digest_each_period()
    {
        var pair = Filled();
        var sequence = pair.Table.LastSequence;
        for (var round = 0; round < 3; round++) pair.Reconcile();
        pair.Agreements.ShouldBe(3);
        pair.RepairCount.ShouldBe(0);
        pair.Table.LastSequence.ShouldBe(sequence);
    }

    [Fact]
    public void A_resync_on_demand_names_everything_and_takes_no_protection_away()
    {
        var pair = Filled();
        pair.Damage(Flows.Key(10), null);
        pair.Damage(Flows.Key(Connections), Flows.Connection(Connections));
        pair.Resync().ShouldBeNull();
        pair.Resync().ShouldBe("a resync is under way already");
        var number = Connections;
        while (pair.IsRepairing)
        {
            pair.Step();
            pair.Copy.ShouldBe(CopyState.InSync);
            pair.Table.Counts.Protected.ShouldBeGreaterThanOrEqualTo(Connections);
            if (number < Connections + 20) pair.Upsert(Flows.Connection(++number)); // live changes go on
        }

        pair.Settle();
        pair.Repairs.ShouldBe(new Repairs(Ghosts: 1, Missing: 1, Wrong: 0));
        pair.RepairElements.ShouldBeGreaterThanOrEqualTo(Connections);
        pair.Snapshots.ShouldBe(1);
    }

    [Fact]
    public void A_mirror_that_knows_no_digests_gets_none_and_works_as_before()
    {
        var pair = Filled(features: 0);
        for (var i = 0; i < 20; i++)
        {
            pair.Now += TimeSpan.FromMinutes(1);
            pair.Settle();
        }

        pair.Agreements.ShouldBe(0);
        pair.Resync().ShouldBe("the mirror's release cannot be resynced on demand");
    }

    private static MirrorPair Filled(uint features = MirrorFeatures.Own)
    {
        var pair = new MirrorPair(10_000, features, Limits);
        for (var i = 0; i < Connections; i++) pair.Upsert(Flows.Connection(i));
        pair.Settle();
        return pair;
    }
}
