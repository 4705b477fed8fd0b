using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Connections;
using ActorMirror.Node.Worker;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Node;

public sealed class ConnectionReportsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(Exposure.MirroringOff, "mirroring-off")]
    [InlineData(Exposure.NotAcknowledged, "not-acknowledged")]
    [InlineData(Exposure.NotHeld, "not-held")]
    public void A_connection_that_is_not_mirrored_says_why_in_the_words_of_loss_reports(Exposure? why, string? expected)
    {
        var report = ConnectionReports.Of(new ListedConnection(Flows.Connection(1), why), null);
        (report.Mirrored, report.Reason).ShouldBe((why is null, expected));
    }
}
