namespace ActorMirror.Domain.Connections;

/// <summary>
/// The 32-bit conntrack mark that says an entry is ours and whose it is:
/// <code>
/// 31..28  27..22          21..12            11..1    0
/// 0xA     traffic group   virtual server    member   closing
/// </code>
/// Numbers start at 1 and are the same on every device of the group. Ours = mark and tuple in our tables.
/// </summary>
public readonly record struct FlowMark(uint Value)
{
    public const uint OursMask = 0xF000_0000;
    public const uint Ours = 0xA000_0000;
    public const int TrafficGroupShift = 22;
    public const uint TrafficGroupMask = 0x0FC0_0000;
    public const int VirtualServerShift = 12;
    public const uint VirtualServerMask = 0x003F_F000;
    public const int MemberShift = 1;
    public const uint MemberMask = 0x0000_0FFE;
    public const uint Closing = 1;

    public const int MaximumTrafficGroup = (int)(TrafficGroupMask >> TrafficGroupShift);
    public const int MaximumVirtualServer = (int)(VirtualServerMask >> VirtualServerShift);
    public const int MaximumMember = (int)(MemberMask >> MemberShift);

    public bool IsOurs => (Value & OursMask) == Ours;

    public int TrafficGroup => (int)((Value & TrafficGroupMask) >> TrafficGroupShift);

    public int VirtualServer => (int)((Value & VirtualServerMask) >> VirtualServerShift);

    public int Member => (int)((Value & MemberMask) >> MemberShift);

    /// <exception cref="ArgumentOutOfRangeException">A number is below 1 or does not fit its bits.</exception>
    public static FlowMark Create(int trafficGroup, int virtualServer, int member)
    {
        Check(trafficGroup, MaximumTrafficGroup, nameof(trafficGroup));
        Check(virtualServer, MaximumVirtualServer, nameof(virtualServer));
        Check(member, MaximumMember, nameof(member));
        return new(Ours | ((uint)trafficGroup << TrafficGroupShift) | ((uint)virtualServer << VirtualServerShift) | ((uint)member << MemberShift));
    }

    /// <summary>The part that names the traffic group only: the key of the lease set.</summary>
    public static uint GroupBits(int trafficGroup) => Ours | ((uint)trafficGroup << TrafficGroupShift);

    /// <summary>The part that names traffic group and virtual server.</summary>
    public static uint ServerBits(int trafficGroup, int virtualServer) => GroupBits(trafficGroup) | ((uint)virtualServer << VirtualServerShift);

    public override string ToString() => $"0x{Value:x8}";

    private static void Check(int number, int maximum, string name)
    {
        if (number < 1 || number > maximum) throw new ArgumentOutOfRangeException(name, number, $"must be 1 to {maximum}");
    }
}
