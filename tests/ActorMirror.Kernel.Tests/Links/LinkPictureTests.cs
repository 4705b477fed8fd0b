using System.Net.NetworkInformation;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Links;

namespace ActorMirror.Kernel.Tests.Links;

public sealed class LinkPictureTests
{
    private static readonly NetworkLink Ext = new(2, "ext", true, true, PhysicalAddress.None);
    private static readonly InterfaceAddress Vip = new(2, MappedAddress.FromV4(0x0a0a0064), 32);

    [Fact]
    public void A_repetition_is_no_event()
    {
        var picture = new LinkPicture();
        picture.Put(Ext).ShouldBe(new LinkEvent.LinkChanged(Ext));
        picture.Put(Ext).ShouldBeNull();
        picture.Put(Vip).ShouldBe(new LinkEvent.AddressAdded(Vip));
        picture.Put(Vip with { ValidFor = TimeSpan.FromSeconds(1) }).ShouldBeNull("a new lifetime is not a new address");
        picture.Remove(Vip).ShouldBe(new LinkEvent.AddressRemoved(Vip));
        picture.Remove(Vip).ShouldBeNull();
        picture.Put(Ext with { HasCarrier = false }).ShouldBe(new LinkEvent.LinkChanged(Ext with { HasCarrier = false }));
    }

    [Fact]
    public void A_whole_list_is_reported_as_what_changed()
    {
        var picture = new LinkPicture();
        var wire = Ext with { Index = 3, Name = "wire" };
        var other = Vip with { InterfaceIndex = 3 };
        picture.Replace([Ext], [Vip]).ShouldBe([new LinkEvent.LinkChanged(Ext), new LinkEvent.AddressAdded(Vip)]);
        picture.Replace([Ext], [Vip]).ShouldBeEmpty();
        picture.Replace([wire], [other]).ShouldBe(
        [
            new LinkEvent.AddressRemoved(Vip),
            new LinkEvent.LinkRemoved(Ext),
            new LinkEvent.LinkChanged(wire),
            new LinkEvent.AddressAdded(other),
        ]);
    }
}
