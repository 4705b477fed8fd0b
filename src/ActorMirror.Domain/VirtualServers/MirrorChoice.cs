namespace ActorMirror.Domain.VirtualServers;

/// <summary>Which connections of a virtual server or SNAT are mirrored: none, all, or those that lived or carried long enough, whichever comes first.</summary>
/// <param name="AfterAge">Since this device knows of the connection: from the end of its handshake, or its first reply. Null: its age does not count.</param>
/// <param name="AfterBytes">Bytes of IP packets in both directions. Null: they do not count.</param>
public sealed record MirrorChoice(bool IsOn, TimeSpan? AfterAge = null, long? AfterBytes = null)
{
    public static readonly MirrorChoice Off = new(false);
    public static readonly MirrorChoice AtOnce = new(true);

    /// <summary>How long a new connection waits; <see cref="TimeSpan.MaxValue"/>: until it is large; null: not at all.</summary>
    public TimeSpan? Waits => AfterAge ?? (AfterBytes is null ? null : TimeSpan.MaxValue);

    public override string ToString() => (IsOn, AfterAge, AfterBytes) switch
    {
        (false, _, _) => "off",
        (_, null, null) => "on",
        (_, { } age, null) => $"after {age.TotalSeconds:0.#} s",
        (_, null, { } bytes) => $"after {bytes} bytes",
        (_, { } age, { } bytes) => $"after {age.TotalSeconds:0.#} s or {bytes} bytes",
    };
}
