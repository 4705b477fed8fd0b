namespace ActorMirror.Trust;

/// <summary>Trust material that is missing, broken or not believed; the message is for the operator and says what to do where that is known.</summary>
public sealed class TrustException(string message, Exception? inner = null) : Exception(message, inner);
