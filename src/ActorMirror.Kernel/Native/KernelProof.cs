namespace ActorMirror.Kernel.Native;

/// <summary>
/// Says which C header proves an enum, a class of constants or a struct. The tests derive each C name from the C# one
/// (<c>TupleOrig</c> with prefix <c>CTA_</c> is <c>CTA_TUPLE_ORIG</c>; a name in capitals stays as it is), write a
/// <c>_Static_assert</c> for every value, size and offset, and let gcc compile them.
/// </summary>
/// <param name="header">The header as in <c>#include &lt;…&gt;</c>; several are separated by blanks, in order.</param>
/// <param name="prefix">What the C names start with; for a struct, what its fields start with.</param>
[AttributeUsage(AttributeTargets.Enum | AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class KernelHeaderAttribute(string header, string prefix = "") : Attribute
{
    public string Header => header;

    public string Prefix => prefix;

    /// <summary>The C type of a struct, e.g. <c>struct nlmsghdr</c>.</summary>
    public string? Type { get; init; }
}

/// <summary>The C name of a member that the rule of <see cref="KernelHeaderAttribute"/> does not give.</summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class KernelNameAttribute(string name) : Attribute
{
    public string Name => name;
}
