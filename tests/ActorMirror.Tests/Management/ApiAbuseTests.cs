using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Http;

namespace ActorMirror.Tests.Management;

/// <summary>What a stranger, or a browser that a stranger's page sends, may try.</summary>
public sealed class ApiAbuseTests
{
    private const string Move = "/api/v1/traffic-groups/tg1/force-standby";

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_unread()
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        using var body = new StringContent("{\"to\":\"" + new string('x', Bounds.BodyBytes) + "\"}", Encoding.UTF8, "application/json");
        using var answer = await api.SendAsync(HttpMethod.Post, Move, api.NewToken(ApiRole.Operator), body);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        api.View.Active.ShouldBe("a");
    }

    [Theory]
    [InlineData("{", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"to\":7}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("to=b", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("{\"to\":\"b\"}", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_body_that_is_no_JSON_is_refused_as_a_problem(string body, string type, HttpStatusCode expected)
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        using var answer = await api.SendAsync(HttpMethod.Post, Move, api.NewToken(ApiRole.Admin), new StringContent(body, new MediaTypeHeaderValue(type)));
        answer.StatusCode.ShouldBe(expected);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        api.View.Active.ShouldBe("a");
    }

    [Theory]
    [InlineData("/api/v1/../../etc/passwd")]
    [InlineData("/api/v1/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/api/v1/..%2f..%2fetc%2fpasswd")]
    [InlineData("//etc/passwd")]
    [InlineData("/api/v1/connections/explain/../../tokens")]
    [InlineData("/cluster/shards/..%2f..%2fmetrics")]
    [InlineData("/api/v1/TOKENS/")]
    public async Task A_path_leads_nowhere_but_to_its_endpoint(string path)
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        var (status, text) = await AskAsync(api, $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        status.ShouldBeOneOf(400, 401, 403, 404);
        text.ShouldNotContain("root:");
    }

    [Theory]
    [InlineData("GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("GET /api/v1/status HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /api/v1/status HTTP/1.1\r\n\r\n")]
    [InlineData("GET /api/v1/status\0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Bad: a\nSet-Cookie: b\r\nContent-Length: zz\r\n\r\n")]
    public async Task A_malformed_head_is_refused_and_the_connection_ended(string head)
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        var (status, text) = await AskAsync(api, head);
        status.ShouldBe(400);
        text.ShouldNotContain("Set-Cookie");
    }

    [Fact]
    public async Task What_a_client_writes_comes_back_in_no_header()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        var (_, text) = await AskAsync(api, "GET /cluster/shards/x%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        text.Split("\r\n\r\n")[0].ShouldNotContain("Set-Cookie");
    }

    [Fact]
    public async Task A_head_that_is_too_large_is_refused()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        (await AskAsync(api, $"GET /alive HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {new string('x', 17_000)}\r\n\r\n")).Status.ShouldBe(431);
        (await AskAsync(api, $"GET /alive?{new string('x', 5_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")).Status.ShouldBe(414);
    }

    /// <summary>Slow loris: half a head, and then nothing. Others are served meanwhile, and the slow ones let go by the server.</summary>
    [Fact]
    public async Task A_client_that_does_not_go_on_is_let_go()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        await using var slow = await api.ConnectAsync();
        await slow.WriteAsync("GET /alive HTTP/1.1\r\nHost: 127"u8.ToArray());
        using var other = await api.SendAsync(HttpMethod.Get, "/alive");
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var patience = new CancellationTokenSource(FakeApi.Patience);
        using var reader = new StreamReader(slow);
        (await reader.ReadToEndAsync(patience.Token)).ShouldStartWith("HTTP/1.1 408");
    }

    [Fact]
    public async Task One_address_has_only_so_many_connections()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        var held = new List<Stream>();
        try
        {
            for (var i = 0; i < ConnectionQuota.PerAddress; i++)
            {
                var stream = await api.ConnectAsync();
                held.Add(stream);
                await stream.WriteAsync("GET /alive HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray());
                (await stream.ReadAsync(new byte[1])).ShouldBe(1); // it counts from now on
            }

            await using var one = await api.ConnectAsync();
            (await EndsAsync(one)).ShouldBeTrue();
        }
        finally
        {
            foreach (var stream in held) await stream.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_foreign_page_has_no_rights_even_with_a_token(string header, string value)
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        using var answer = await api.SendAsync(HttpMethod.Post, Move, api.NewToken(ApiRole.Admin), null, (header, value));
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        api.View.Active.ShouldBe("a");
    }

    [Fact]
    public async Task A_page_of_the_device_itself_may_ask()
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        var own = api.Address.GetLeftPart(UriPartial.Authority);
        using var answer = await api.SendAsync(HttpMethod.Post, Move, api.NewToken(ApiRole.Operator), null, ("Origin", own), ("Sec-Fetch-Site", "same-origin"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("127.0.0.1:80", 200)]
    [InlineData("[::1]", 200)]
    [InlineData("localhost", 200)]
    [InlineData("LB.example", 200)]
    [InlineData("evil.example", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    public async Task Over_plain_HTTP_the_device_answers_under_its_own_names_only(string host, int expected)
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        (await AskAsync(api, $"GET /api/v1/status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).Status.ShouldBe(expected);
    }

    [Fact]
    public async Task A_method_an_endpoint_does_not_have_is_refused()
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        using var answer = await api.SendAsync(HttpMethod.Put, "/api/v1/status", api.NewToken(ApiRole.Admin));
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        using var options = await api.SendAsync(HttpMethod.Options, "/api/v1/status", null, null, ("Origin", "https://evil.example"));
        options.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static async Task<(int Status, string Text)> AskAsync(FakeApi api, string request)
    {
        await using var stream = await api.ConnectAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var patience = new CancellationTokenSource(FakeApi.Patience);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync(patience.Token);
        return (int.Parse(text.Split(' ')[1]), text);
    }

    /// <summary>With or without a reset.</summary>
    private static async Task<bool> EndsAsync(Stream stream)
    {
        try
        {
            await stream.WriteAsync("GET /alive HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray());
            using var patience = new CancellationTokenSource(FakeApi.Patience);
            return await stream.ReadAsync(new byte[1], patience.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
