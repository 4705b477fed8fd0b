namespace ActorMirror.Lab.Traffic;

/// <summary>Who keeps the record of a flow. Called on the loop's thread.</summary>
internal interface IFlowListener
{
    void Opened(long now);

    /// <summary>A message was checked and taken in.</summary>
    void Arrived(in MessageHeader header, long now);

    void Ended(FlowEnd reason, long now);
}
