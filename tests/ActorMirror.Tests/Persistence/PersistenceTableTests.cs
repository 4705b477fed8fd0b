using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Persistence;

namespace ActorMirror.Tests.Persistence;

/// <summary>The life of one record, step by step.</summary>
public class PersistenceTableTests
{
    private static readonly FlowMark First = FlowMark.Create(1, 7, 1);
    private static readonly FlowMark Second = FlowMark.Create(1, 7, 2);
    private static readonly PersistenceKey Client = new(7, Address.Parse("10.10.0.10"));
    private static readonly PersistenceProfile Profile =
        new("clients", PersistenceMode.SourceAddress, TimeSpan.FromSeconds(180), IsMirrored: true, 32, 128, AcrossServices: false, AcrossVirtuals: false);

    private readonly PersistenceTable table = new(maximum: 2);

    [Fact]
    public void A_first_connection_is_told_at_once_and_a_second_one_is_nothing_new()
    {
        table.Began(Client, First, Profile);
        var told = Take().ShouldHaveSingleItem();
        told.ShouldBe(new PersistenceChange(new(Client, First, Profile.Timeout, Profile.Timeout), false, default, true));

        table.Began(Client, First, Profile);
        Take().ShouldBeEmpty();
        View().Connections.ShouldBe(2);
    }

    [Fact]
    public void It_is_told_again_each_third_of_its_lifetime_while_there_are_connections()
    {
        table.Began(Client, First, Profile);
        Take();
        for (var round = 0; round < 12; round++)
        {
            Pass(59);
            Take().ShouldBeEmpty();
            Pass(1);
            var told = Take().ShouldHaveSingleItem();
            (told.Record.Remaining, told.Former).ShouldBe((Profile.Timeout, First));
        }
    }

    [Fact]
    public void It_ends_its_timeout_after_its_last_connection_and_that_is_told()
    {
        table.Began(Client, First, Profile);
        Take();
        Pass(1000);
        Take().ShouldHaveSingleItem();
        Pass(30);
        table.Ended(Client, First);
        Pass(30);
        Take().ShouldHaveSingleItem().Record.Remaining.ShouldBe(TimeSpan.FromSeconds(150));
        Pass(149);
        Take().ShouldBeEmpty();
        table.Count.ShouldBe(1);
        Pass(1);
        var gone = Take().ShouldHaveSingleItem();
        (gone.IsGone, gone.Former).ShouldBe((true, First));
        table.Count.ShouldBe(0);
    }

    [Fact]
    public void A_client_whose_kernel_chose_another_member_has_that_one()
    {
        table.Began(Client, First, Profile);
        Take();
        table.Began(Client, Second, Profile);
        var told = Take().ShouldHaveSingleItem();
        (told.Record.Mark, told.Former).ShouldBe((Second, First));

        table.Ended(Client, First); // of the member it had before
        View().Connections.ShouldBe(1);
        table.Began(Client, First, Profile, mayMove: false);
        View().Record.Mark.ShouldBe(Second);
    }

    [Fact]
    public void A_member_that_is_down_loses_its_records()
    {
        table.Began(Client, First, Profile);
        table.Began(new(7, Address.Parse("10.10.0.11")), Second, Profile);
        Take();
        table.Remove(record => record.Mark == First).ShouldBe(1);
        Take().ShouldHaveSingleItem().IsGone.ShouldBeTrue();
        table.TryGet(Client, out _).ShouldBeFalse();

        table.Began(Client, Second, Profile);
        Take().ShouldHaveSingleItem().Former.ShouldBe(default);
    }

    [Fact]
    public void Who_never_was_told_of_is_not_told_to_be_gone()
    {
        table.Began(Client, First, Profile);
        table.Remove(_ => true);
        Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_full_table_remembers_no_more_and_counts_them()
    {
        for (var i = 0; i < 5; i++) table.Began(new(7, Address.FromV4((uint)i)), First, Profile);
        (table.Count, table.Refused).ShouldBe((2, 3));
        table.Began(new(7, Address.FromV4(0)), First, Profile);
        table.Refused.ShouldBe(3);
    }

    [Fact]
    public void What_a_copy_had_lives_on_for_what_is_left_of_it()
    {
        table.Seed(new(Client, First, Profile.Timeout, TimeSpan.FromSeconds(30)), isMirrored: true, isInKernel: true);
        Take().ShouldBeEmpty();
        Pass(29);
        View().Record.Remaining.ShouldBe(TimeSpan.FromSeconds(1));
        Pass(1);
        Take().ShouldHaveSingleItem().IsGone.ShouldBeTrue();
    }

    [Fact]
    public void It_is_protected_once_the_mirror_acknowledged_its_member()
    {
        table.Began(Client, First, Profile);
        Take();
        table.Acknowledge(4);
        View().IsProtected.ShouldBeFalse();
        table.Sent(Client, 5);
        table.Acknowledge(5);
        View().IsProtected.ShouldBeTrue();
        table.Sent(Client, 9);
        View().IsProtected.ShouldBeTrue();
        table.Began(Client, Second, Profile);
        View().IsProtected.ShouldBeFalse();
        table.Sent(Client, 10);
        table.Acknowledge(10);
        View().IsProtected.ShouldBeTrue();
        table.ForgetCopy();
        View().IsProtected.ShouldBeFalse();
    }

    [Theory]
    [InlineData("10.10.5.77", 24, "10.10.5.0")]
    [InlineData("10.10.5.77", 32, "10.10.5.77")]
    [InlineData("2001:db8:1:2:3::7", 64, "2001:db8:1:2::")]
    public void A_mask_makes_a_network_one_client(string address, int length, string client)
    {
        var profile = Profile with { LengthV4 = Math.Min(length, 32), LengthV6 = length };
        var flow = new FlowKey(TransportProtocol.Tcp, new(Address.Parse(address), 4000), new(Address.Parse("10.10.0.100"), 80));
        profile.KeyOf(flow).ShouldBe(Address.Parse(client));
        (profile with { Mode = PersistenceMode.DestinationAddress, LengthV4 = 16 }).KeyOf(flow).ShouldBe(Address.Parse("10.10.0.0"));
    }

    private void Pass(double seconds) => table.Now += TimeSpan.FromSeconds(seconds);

    private PersistenceView View()
    {
        table.TryGet(Client, out var view).ShouldBeTrue();
        return view;
    }

    private List<PersistenceChange> Take()
    {
        var buffer = new PersistenceChange[16];
        return [.. buffer.AsSpan(0, table.Take(buffer)).ToArray()];
    }
}
