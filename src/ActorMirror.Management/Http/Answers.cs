using Microsoft.AspNetCore.Http;

namespace ActorMirror.Management.Http;

/// <summary>Answers, and refusals as problem+json (RFC 9457).</summary>
internal static class Answers
{
    public static async Task<IResult> OfAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return Results.Ok(await ask());
        }
        catch (DeviceCommandException refused)
        {
            return Problem(StatusOf(refused), refused.Message);
        }
    }

    public static int StatusOf(DeviceCommandException refused) => refused.Failure switch
    {
        CommandFailure.Malformed => StatusCodes.Status400BadRequest,
        CommandFailure.NotFound => StatusCodes.Status404NotFound,
        CommandFailure.Conflict => StatusCodes.Status409Conflict,
        CommandFailure.Forbidden => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    /// <param name="detail">One sentence for the operator.</param>
    public static IResult Problem(int status, string detail) => Results.Problem(detail, statusCode: status);
}
