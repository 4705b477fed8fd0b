using System.Net;
using System.Text.Json;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Http;

namespace ActorMirror.Tests.Management;

/// <summary>What orchestrators and Akka.Management's clients ask, and what happens under load.</summary>
public sealed class ApiHealthTests
{
    [Theory]
    [InlineData(Role.Active, false, true)]
    [InlineData(Role.Cold, false, true)]
    [InlineData(Role.HandingOver, false, true)]
    [InlineData(Role.Mirror, true, true)]
    [InlineData(Role.Mirror, false, false)]
    [InlineData(Role.Promoting, true, false)]
    [InlineData(Role.None, true, false)]
    public void Ready_is_who_could_take_over_what_it_is_to_take_over(Role role, bool complete, bool expected)
    {
        var status = new FakeDevice().Status();
        var group = status.TrafficGroups[0];
        var seen = status with { TrafficGroups = [group with { Role = role, Mirror = group.Mirror! with { Complete = complete } }] };
        Readiness.Obstacles(seen).IsEmpty.ShouldBe(expected);
        Readiness.Obstacles(seen with { Membership = Membership.Joining }).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Not_ready_is_503_with_the_reason_and_alive_all_the_same()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        using var ready = await api.SendAsync(HttpMethod.Get, "/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        api.View.Seen = s => s with { TrafficGroups = [s.TrafficGroups[0] with { Role = Role.Mirror, Mirror = null }] };
        using var late = await api.SendAsync(HttpMethod.Get, "/ready");
        late.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await late.Content.ReadAsStringAsync()).ShouldContain("tg1: the active has not connected yet");
        using var alive = await api.SendAsync(HttpMethod.Get, "/alive");
        alive.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>The shapes are those of Akka.Management's documentation.</summary>
    [Fact]
    public async Task Members_and_shards_have_the_shapes_of_Akka_Management()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        using var members = JsonDocument.Parse(await api.Client.GetStringAsync("/cluster/members"));
        var root = members.RootElement;
        root.GetProperty("selfNode").GetString().ShouldBe("actormirror://dg1@10.99.0.1:0");
        root.GetProperty("leader").GetString().ShouldBe("actormirror://dg1@10.99.0.1:0");
        root.GetProperty("members").EnumerateArray().Select(m => (m.GetProperty("nodeUid").GetString(), m.GetProperty("status").GetString(), m.GetProperty("roles")[0].GetString()))
            .ShouldBe([("1", "Up", "a"), ("2", "Up", "b"), ("3", "Up", "c")]);
        var unreachable = root.GetProperty("unreachable")[0];
        unreachable.GetProperty("node").GetString().ShouldBe("actormirror://dg1@10.99.0.2:0");
        unreachable.GetProperty("observedBy")[0].GetString().ShouldBe("actormirror://dg1@10.99.0.1:0");
        root.GetProperty("oldestPerRole").GetProperty("b").GetString().ShouldNotBeNull();

        foreach (var name in (string[])["traffic-groups", "tg1"])
            (await api.Client.GetStringAsync($"/cluster/shards/{name}")).ShouldBe("{\"regions\":[{\"shardId\":\"tg1\",\"numEntities\":500}]}");
        using var unknown = await api.SendAsync(HttpMethod.Get, "/cluster/shards/tg9");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.Content.ReadAsStringAsync()).ShouldBe("{\"message\":\"Shard Region tg9 is not started\"}");
    }

    [Fact]
    public async Task During_a_promotion_only_health_is_answered()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        api.View.IsPromoting = true;
        using var shed = await api.SendAsync(HttpMethod.Get, "/api/v1/status");
        shed.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        shed.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        using var alive = await api.SendAsync(HttpMethod.Get, "/alive");
        alive.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Under_load_every_request_is_answered_or_cleanly_refused()
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            var seen = new List<HttpStatusCode>();
            for (var i = 0; i < 50; i++)
            {
                using var answer = await api.SendAsync(HttpMethod.Get, i % 2 == 0 ? "/api/v1/traffic-groups" : "/metrics");
                seen.Add(answer.StatusCode);
            }

            return seen;
        }));
        answers.SelectMany(a => a).ShouldAllBe(status => status == HttpStatusCode.OK || status == HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("/api/v1/connections?limit=1", "\"total\":2", "\"next\":\"1\"")]
    [InlineData("/api/v1/connections?limit=1&after=1", "40001", "\"next\":null")]
    [InlineData("/api/v1/connections?mirrored=false&trafficGroup=tg1", "\"total\":1", "mirror-table-full")]
    [InlineData("/api/v1/status", "\"role\":\"active\"", "\"state\":\"in-sync\"", "\"membership\":\"synced\"", "\"direction\":\"outgoing\"")]
    [InlineData("/api/v1/virtual-servers", "10.20.0.11:5000")]
    [InlineData("/api/v1/traffic-groups/tg1/rehearsal", "\"survive\":498")]
    [InlineData("/openapi/v1.json", "{")]
    public async Task What_amctl_shows_is_there(string path, params string[] expected)
    {
        await using var api = await FakeApi.StartAsync(tls: false);
        var text = await api.Client.GetStringAsync(path);
        foreach (var part in expected) text.ShouldContain(part);
    }
}
