using System.Net;
using System.Net.Http.Json;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Http;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Management;

/// <summary>Who may ask what over the network.</summary>
public sealed class ApiAccessTests
{
    private const string Move = "/api/v1/traffic-groups/tg1/force-standby";

    [Theory]
    [InlineData("/api/v1/status", null, HttpStatusCode.OK)]
    [InlineData("/metrics", null, HttpStatusCode.OK)]
    [InlineData("/api/v1/audit", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/audit", ApiRole.Viewer, HttpStatusCode.Forbidden)]
    [InlineData("/api/v1/audit", ApiRole.Operator, HttpStatusCode.OK)]
    [InlineData("/api/v1/tokens", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/tokens", ApiRole.Operator, HttpStatusCode.Forbidden)]
    [InlineData("/api/v1/tokens", ApiRole.Admin, HttpStatusCode.OK)]
    [InlineData("/api/v1/faults/actors", ApiRole.Admin, HttpStatusCode.NotFound)]
    public async Task What_shows_needs_its_role(string path, ApiRole? role, HttpStatusCode expected)
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        var token = role is { } known ? api.NewToken(known) : null;
        using var answer = await api.SendAsync(HttpMethod.Get, path, token);
        answer.StatusCode.ShouldBe(expected);
        if (expected == HttpStatusCode.Unauthorized) answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, Caller.Nobody)]
    [InlineData(ApiRole.Viewer, HttpStatusCode.Forbidden, "someone")]
    [InlineData(ApiRole.Operator, HttpStatusCode.OK, "someone")]
    [InlineData(ApiRole.Admin, HttpStatusCode.OK, "someone")]
    public async Task A_change_needs_a_token_and_is_written_down_either_way(ApiRole? role, HttpStatusCode expected, string actor)
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        var token = role is { } known ? api.NewToken(known) : null;
        using var answer = await api.SendAsync(HttpMethod.Post, Move, token, JsonContent.Create(new { to = "b" }));
        answer.StatusCode.ShouldBe(expected);
        api.View.Active.ShouldBe(expected == HttpStatusCode.OK ? "b" : "a");
        var written = api.Audit.All.ShouldHaveSingleItem();
        (written.Actor, written.From, written.Status).ShouldBe((actor, "127.0.0.1", (int)expected));
        if (expected == HttpStatusCode.OK) (written.Action, written.Object, written.Detail).ShouldBe(("force-standby", "tg1", "tg1 is active on b"));
    }

    [Fact]
    public async Task Trust_is_an_administrators()
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        using var refused = await api.SendAsync(HttpMethod.Post, "/api/v1/trust/revoke", api.NewToken(ApiRole.Operator), JsonContent.Create(new { serial = "4f" }));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("this needs role admin");
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Over_plain_HTTP_nothing_is_changed_and_no_token_taken()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        using var anonymous = await api.SendAsync(HttpMethod.Post, Move);
        anonymous.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var shown = await api.SendAsync(HttpMethod.Get, "/api/v1/status", api.NewToken(ApiRole.Admin));
        shown.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await shown.Content.ReadAsStringAsync()).ShouldContain("revoke it");
        using var looked = await api.SendAsync(HttpMethod.Get, "/api/v1/status");
        looked.StatusCode.ShouldBe(HttpStatusCode.OK);
        api.View.Active.ShouldBe("a");
    }

    [Fact]
    public async Task Where_reading_needs_a_token_only_health_is_for_all()
    {
        await using var api = await FakeApi.StartAsync(tls: true, readWithoutToken: false);
        foreach (var path in (string[])["/api/v1/status", "/metrics", "/cluster/members", "/api/v1/events", "/api/v1/connections"])
        {
            using var refused = await api.SendAsync(HttpMethod.Get, path);
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }

        using var alive = await api.SendAsync(HttpMethod.Get, "/alive");
        alive.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var seen = await api.SendAsync(HttpMethod.Get, "/api/v1/status", api.NewToken(ApiRole.Viewer));
        seen.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Wrong_tokens_are_slowed_down_and_written_down_once()
    {
        var time = new FakeTimeProvider();
        await using var api = await FakeApi.StartAsync(tls: true, time: time);
        var good = api.NewToken(ApiRole.Viewer);
        for (var i = 0; i < FailureThrottle.Most; i++)
        {
            using var wrong = await api.SendAsync(HttpMethod.Get, "/api/v1/status", "amt_wrong");
            wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        using var slowed = await api.SendAsync(HttpMethod.Get, "/api/v1/status", good);
        slowed.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        slowed.Headers.RetryAfter!.Delta.ShouldBe(FailureThrottle.Within);
        api.Audit.All.ShouldHaveSingleItem().Action.ShouldBe("log-in");
        time.Advance(FailureThrottle.Within);
        using var again = await api.SendAsync(HttpMethod.Get, "/api/v1/status", good);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Tokens_are_made_listed_and_revoked_over_the_network()
    {
        await using var api = await FakeApi.StartAsync(tls: true);
        var admin = api.NewToken(ApiRole.Admin, "root");
        using var made = await api.SendAsync(HttpMethod.Post, "/api/v1/tokens", admin, JsonContent.Create(new { name = "ci", role = "operator", days = 7 }));
        var token = (await made.Content.ReadFromJsonAsync(ManagementJson.Default.NewToken)).ShouldNotBeNull();
        using var moved = await api.SendAsync(HttpMethod.Post, Move, token.Token);
        moved.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var listed = await api.SendAsync(HttpMethod.Get, "/api/v1/tokens", admin);
        var text = await listed.Content.ReadAsStringAsync();
        text.ShouldContain("\"ci\"");
        text.ShouldNotContain(token.Token);
        using var revoked = await api.SendAsync(HttpMethod.Delete, "/api/v1/tokens/ci", admin);
        revoked.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var late = await api.SendAsync(HttpMethod.Get, "/api/v1/status", token.Token);
        late.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        api.Audit.All.Select(a => a.Action).ShouldBe(["token-create", "force-standby", "token-revoke"]);
        api.Audit.All.ShouldAllBe(a => !a.Detail.Contains(token.Token));
    }
}
