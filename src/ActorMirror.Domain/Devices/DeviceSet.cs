namespace ActorMirror.Domain.Devices;

/// <summary>A set of devices of one group as a bit mask: compared by value, iterated by ascending id.</summary>
public readonly record struct DeviceSet(uint Bits)
{
    public static readonly DeviceSet Empty;

    public bool IsEmpty => Bits == 0;

    public static DeviceSet Of(params ReadOnlySpan<DeviceId> devices)
    {
        var set = Empty;
        foreach (var device in devices) set = set.Add(device);
        return set;
    }

    public bool Contains(DeviceId device) => (Bits & Bit(device)) != 0;

    public DeviceSet Add(DeviceId device) => new(Bits | Bit(device));

    public DeviceSet Remove(DeviceId device) => new(Bits & ~Bit(device));

    public DeviceSet Union(DeviceSet other) => new(Bits | other.Bits);

    public IEnumerable<DeviceId> Members()
    {
        for (var id = 1; id <= DeviceId.Maximum; id++)
        {
            if (Contains(new DeviceId(id))) yield return new DeviceId(id);
        }
    }

    public override string ToString() => string.Join(",", Members());

    private static uint Bit(DeviceId device) => device.Value is >= 1 and <= DeviceId.Maximum
        ? 1u << (device.Value - 1)
        : throw new ArgumentOutOfRangeException(nameof(device), device.Value, $"a device id is 1 to {DeviceId.Maximum}");
}
