namespace ActorMirror.Domain.Addresses;

/// <summary>An address with its subnet length, e.g. <c>10.20.0.254/24</c>: the address is kept whole, <see cref="Contains"/> masks.</summary>
public readonly record struct Prefix(Address Address, int Length)
{
    public static bool TryParse(string? text, out Prefix prefix)
    {
        prefix = default;
        if (text is null || text.Split('/') is not [var left, var right]) return false;
        if (!Address.TryParse(left, out var address) || !int.TryParse(right, out var length)) return false;
        if (length < 0 || length > address.Bits) return false;
        prefix = new Prefix(address, length);
        return true;
    }

    /// <summary>The lowest address of the subnet.</summary>
    public Address First => new(Address.Value & ~Hosts);

    /// <summary>The highest address of the subnet.</summary>
    public Address Last => new(Address.Value | Hosts);

    /// <summary>Whether the other address lies in this subnet.</summary>
    public bool Contains(Address other)
    {
        if (other.IsV4 != Address.IsV4) return false;
        var shift = Address.Bits - Length;
        return shift == 128 || other.Value >> shift == Address.Value >> shift;
    }

    /// <summary>Whether the other subnet lies in this one, or is it.</summary>
    public bool Contains(Prefix other) => other.Length >= Length && Contains(other.Address);

    public override string ToString() => $"{Address}/{Length}";

    private UInt128 Hosts => Length == 0 && !Address.IsV4 ? UInt128.MaxValue : (UInt128.One << (Address.Bits - Length)) - 1;
}
