using ActorMirror.Management.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace ActorMirror.Tests.Management;

/// <summary>
/// The description that the daemon serves is the one its endpoints give. The file is written anew with <c>ACTORMIRROR_WRITE_OPENAPI=1 dotnet test
/// --filter OpenApi</c>.
/// </summary>
public sealed class OpenApiTests
{
    private static readonly string File = Repository.Path("src", "ActorMirror.Management", "Http", OpenApiEndpoint.Resource);

    [Fact]
    public async Task The_description_fits_the_endpoints()
    {
        var text = await DescribeAsync();
        if (Environment.GetEnvironmentVariable("ACTORMIRROR_WRITE_OPENAPI") == "1") await System.IO.File.WriteAllTextAsync(File, text);
        (await System.IO.File.ReadAllTextAsync(File)).ShouldBe(text);
        foreach (var path in (string[])["/alive", "/ready", "/metrics", "/cluster/members", "/cluster/shards/{name}", "/api/v1/status", "/api/v1/events", "/api/v1/tokens"])
            text.ShouldContain($"\"{path}\": {{");
        text.ShouldNotContain("/faults/");
        text.ShouldContain("handing-over");
        text.ShouldContain("Needs a token of role operator");
    }

    private static async Task<string> DescribeAsync()
    {
        var device = new FakeDevice();
        await using var api = new ActorMirror.Management.DeviceApi(
            device, device, new ActorMirror.Management.Tokens.TokenStore("/nowhere/tokens", TimeProvider.System), new ListAudit(), TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<IServer, NoServer>();
        builder.Services.ConfigureHttpJsonOptions(json => ActorMirror.Management.Http.WebHost.Configure(json.SerializerOptions));
        builder.Services.AddOpenApi("v1", options => options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Need>().LastOrDefault()?.Role is not { } role) return Task.CompletedTask;
            operation.Description = $"Needs a token of role {ActorMirror.Management.Metrics.Picture.Word(role)}, over TLS: Authorization: Bearer TOKEN.";
            return Task.CompletedTask;
        }).AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "ActorMirror management API",
                Version = "v1",
                Description = "One device of a group. What only shows needs no token unless management.read-without-token is off; changes need one, over TLS.",
            };
            document.Servers = [];
            return Task.CompletedTask;
        }));
        await using var web = builder.Build();
        HealthEndpoints.Map(web, api, 8558);
        ApiEndpoints.Map(web, api, ApiEndpoints.NetworkPage);
        await web.StartAsync();
        var document = await web.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1").GetOpenApiDocumentAsync();
        var text = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1);
        return text.ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    /// <summary>Nothing is asked over a network.</summary>
    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
