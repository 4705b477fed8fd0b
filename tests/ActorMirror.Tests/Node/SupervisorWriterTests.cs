using ActorMirror.Node.Supervisor;
using ActorMirror.Node.Worker;
using ActorMirror.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Node;

/// <summary>A disk that is slow or full holds nobody up but its writer.</summary>
public sealed class SupervisorWriterTests : IDisposable
{
    private readonly ManualResetEventSlim disk = new(initialState: true);
    private readonly SemaphoreSlim atDisk = new(0);
    private readonly List<string> written = [];
    private Exception? refusal;

    public void Dispose()
    {
        disk.Dispose();
        atDisk.Dispose();
    }

    [Fact]
    public async Task While_the_disk_stands_nobody_waits_and_then_the_newest_is_written()
    {
        disk.Reset();
        var writer = NewWriter();
        writer.SayAlone(true);
        await atDisk.WaitAsync();
        for (var i = 0; i < 9; i++)
        {
            writer.SayAlone(i % 2 == 0);
            writer.SayAlive();
        }

        writer.SayAlone(false);
        disk.Set();
        await writer.DisposeAsync();
        written.ShouldBe(["alone", "alive", "not alone"]);
    }

    [Fact]
    public async Task Without_a_sign_of_the_actors_none_is_given()
    {
        var writer = NewWriter();
        writer.SayAlive();
        await atDisk.WaitAsync();
        writer.SayAlone(true);
        writer.SayAlone(true);
        await writer.DisposeAsync();
        written.ShouldBe(["alive", "alone"]);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    public async Task A_mark_that_the_disk_refuses_is_tried_again_and_keeps_no_sign_of_life_back(Type why)
    {
        refusal = (Exception)Activator.CreateInstance(why)!;
        var writer = NewWriter();
        writer.SayAlone(true);
        await atDisk.WaitAsync();
        writer.SayAlive();
        await atDisk.WaitAsync(); // the mark once more
        await atDisk.WaitAsync(); // the sign
        refusal = null;
        writer.SayAlive();
        await writer.DisposeAsync();
        written.ShouldBe(["alive", "alone", "alive"]);
    }

    [Fact]
    public async Task In_files_it_is_what_the_supervisor_reads()
    {
        var folder = Directory.CreateTempSubdirectory("am-run-").FullName;
        try
        {
            var (alone, sign) = (Path.Combine(folder, "alone"), new LifeSign(Path.Combine(folder, "alive"), new FakeTimeProvider()));
            await File.WriteAllTextAsync(alone, ""); // a predecessor's
            var writer = SupervisorWriter.To(alone, sign, NullLogger.Instance);
            File.Exists(alone).ShouldBeFalse();
            sign.Read().ShouldBeNull();
            writer.SayAlone(true);
            writer.SayAlive();
            await writer.DisposeAsync();
            File.Exists(alone).ShouldBeTrue();
            sign.Read().ShouldBe(DateTime.UnixEpoch);

            writer = SupervisorWriter.To(alone, sign, NullLogger.Instance);
            writer.SayAlone(false);
            await writer.DisposeAsync();
            File.Exists(alone).ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private SupervisorWriter NewWriter() => new(alone => Write(alone ? "alone" : "not alone", refusal), () => Write("alive", null), NullLogger.Instance);

    private void Write(string what, Exception? refused)
    {
        atDisk.Release();
        disk.Wait();
        if (refused is not null) throw refused;
        written.Add(what);
    }
}
