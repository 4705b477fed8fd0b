namespace ActorMirror.MirrorChannel;

/// <summary>The peer broke the protocol; the session is over, the message says how.</summary>
public sealed class MirrorProtocolException(string message) : Exception(message);
