using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorMirror.Management.Http;

/// <summary>
/// <c>/openapi/v1.json</c>: the description of the API. It is made from the endpoints when the product is built, not while it runs; a test holds that they fit.
/// </summary>
internal static class OpenApiEndpoint
{
    public const string Resource = "openapi.json";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet("/openapi/v1.json", () => Results.Stream(typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)!, "application/json"))
            .ForAnybody().ExcludeFromDescription();
}
