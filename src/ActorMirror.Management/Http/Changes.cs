using ActorMirror.Management.Contracts;
using Microsoft.AspNetCore.Http;

namespace ActorMirror.Management.Http;

/// <summary>Runs what changes something, and writes down who wanted it and what became of it.</summary>
internal sealed class Changes(IAuditLog audit, TimeProvider time)
{
    /// <param name="target">Of what: a traffic group, a serial number.</param>
    /// <param name="detail">What became of it, from the answer, without any secret.</param>
    public async Task<IResult> RunAsync<T>(HttpContext http, string action, string target, Func<CancellationToken, Task<T>> change, Func<T, string> detail)
    {
        try
        {
            var done = await change(http.RequestAborted);
            Record(http, action, target, StatusCodes.Status200OK, detail(done));
            return Results.Ok(done);
        }
        catch (DeviceCommandException refused)
        {
            Record(http, action, target, Answers.StatusOf(refused), refused.Message);
            return Answers.Problem(Answers.StatusOf(refused), refused.Message);
        }
        catch (OperationCanceledException)
        {
            // nginx's word for it; nobody hears the answer.
            Record(http, action, target, StatusCodes.Status499ClientClosedRequest, "the client did not wait for the end; what was begun goes on");
            throw;
        }
    }

    public Task<IResult> RunAsync(HttpContext http, string action, string target, Func<CancellationToken, Task<CommandReport>> change) =>
        RunAsync(http, action, target, change, report => report.Detail);

    public void Record(HttpContext http, string action, string target, int status, string detail)
    {
        var caller = Caller.Of(http);
        audit.Record(new AuditReport(time.GetUtcNow(), caller.Name, caller.From, action, Bounded(target), status, Bounded(detail)));
    }

    /// <summary>What a client wrote is not kept at any length.</summary>
    private static string Bounded(string text) => text.Length <= 500 ? text : text[..500] + "…";
}
