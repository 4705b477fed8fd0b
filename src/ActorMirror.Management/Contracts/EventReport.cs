namespace ActorMirror.Management.Contracts;

/// <summary>Something that happened on this device, or was seen by it; the event's id is its number since the worker started.</summary>
/// <param name="Kind">
/// <c>role</c>, <c>placement</c>, <c>promotion</c>, <c>mirror</c>, <c>alarm</c>, <c>alarm-over</c>, <c>members</c>. Of the stream itself tell
/// <c>listening</c> (its begin), <c>alive</c> (now and then), and <c>missed</c>: events are not kept any more, the client should read everything anew.
/// </param>
/// <param name="Object">The traffic group, alarm or device it is about; null: this device.</param>
/// <param name="Text">In a sentence.</param>
public sealed record EventReport(DateTimeOffset At, string Kind, string? Object, string Text);
