using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>
/// What this worker tells its supervisor, in files: that its actors work, and whether it is alone. Actors only say it here, and a writer of its own
/// carries it to the disk, which may be slow or full. It always writes the newest: what was said in between is over. One sign of life is written for
/// each time an actor gave one at most, so it still means that they work.
/// <para>
/// A late "no longer alone" is safe: the lease has ended its long life by then, so a dead worker that the supervisor does not fence is out when
/// its lease is, and for that a promoter waits.
/// </para>
/// </summary>
internal sealed class SupervisorWriter : IAsyncDisposable
{
    private readonly Action<bool> writeAlone;
    private readonly Action giveSign;
    private readonly ILogger log;
    private readonly Channel<bool> said = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task writing;
    private volatile bool alone;
    private int signs;
    private bool written;
    private bool isFailing;

    /// <param name="writeAlone">Makes or removes the mark of a device that no other could take over from. It is absent at first.</param>
    /// <param name="giveSign">Changes the sign of life.</param>
    public SupervisorWriter(Action<bool> writeAlone, Action giveSign, ILogger log)
    {
        (this.writeAlone, this.giveSign, this.log) = (writeAlone, giveSign, log);
        writing = Task.Run(WriteAsync);
    }

    public static SupervisorWriter To(string aloneFile, Supervisor.LifeSign lifeSign, ILogger log)
    {
        File.Delete(aloneFile); // of a predecessor
        return new SupervisorWriter(alone => Mark(aloneFile, alone), lifeSign.Give, log);
    }

    /// <summary>Never waits.</summary>
    public void SayAlone(bool isAlone)
    {
        alone = isAlone;
        said.Writer.TryWrite(true);
    }

    /// <summary>Never waits.</summary>
    public void SayAlive()
    {
        Interlocked.Exchange(ref signs, 1);
        said.Writer.TryWrite(true);
    }

    /// <summary>After the last word is written, or refused by the disk.</summary>
    public async ValueTask DisposeAsync()
    {
        said.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAsync()
    {
        await foreach (var _ in said.Reader.ReadAllAsync())
        {
            // A refused mark is tried again with the next sign of life, and keeps none back.
            var newest = alone;
            var isMarked = newest == written || Try(() => writeAlone(newest));
            if (isMarked) written = newest;
            var isGiven = Interlocked.Exchange(ref signs, 0) == 0 || Try(giveSign);
            isFailing = !isMarked || !isGiven;
        }
    }

    private bool Try(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!isFailing) log.LogError(failure, "The supervisor does not hear this worker; trying again");
            return false;
        }
    }

    private static void Mark(string file, bool exists)
    {
        if (exists) File.WriteAllText(file, "");
        else File.Delete(file);
    }
}
