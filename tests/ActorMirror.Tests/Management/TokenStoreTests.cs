using ActorMirror.Management;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Tokens;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Management;

public sealed class TokenStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-tokens-").FullName;
    private readonly FakeTimeProvider _time = new();

    private string File => Path.Combine(_folder, "a.tokens");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_token_is_found_after_a_restart_and_lies_nowhere_in_clear()
    {
        var made = Open().Create(new TokenRequest("alice", ApiRole.Operator));
        Open().Find(made.Token).ShouldNotBeNull().ShouldSatisfyAllConditions(t => t.Name.ShouldBe("alice"), t => t.Role.ShouldBe(ApiRole.Operator));
        System.IO.File.ReadAllText(File).ShouldNotContain(made.Token[4..20]);
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void What_was_revoked_is_gone_at_once_and_for_good()
    {
        var store = Open();
        var made = store.Create(new TokenRequest("alice", ApiRole.Admin));
        store.Revoke("alice");
        store.Find(made.Token).ShouldBeNull();
        Open().Find(made.Token).ShouldBeNull();
        Should.Throw<DeviceCommandException>(() => store.Revoke("alice")).Failure.ShouldBe(CommandFailure.NotFound);
    }

    [Fact]
    public void A_token_ends_on_its_day()
    {
        var store = Open();
        var made = store.Create(new TokenRequest("alice", ApiRole.Viewer, 2));
        _time.Advance(TimeSpan.FromDays(2) - TimeSpan.FromSeconds(1));
        store.Find(made.Token).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));
        store.Find(made.Token).ShouldBeNull();
        store.All.Single().IsExpired.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("amt_")]
    [InlineData("amt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_nobody_made_is_not_found(string? presented)
    {
        var store = Open();
        store.Create(new TokenRequest("alice", ApiRole.Viewer));
        store.Find(presented).ShouldBeNull();
    }

    [Theory]
    [InlineData("", ApiRole.Viewer, null)]
    [InlineData("two words", ApiRole.Viewer, null)]
    [InlineData("a/b", ApiRole.Viewer, null)]
    [InlineData("a", (ApiRole)7, null)]
    [InlineData("a", ApiRole.Viewer, 0)]
    [InlineData("a", ApiRole.Viewer, 4000)]
    public void What_cannot_be_is_refused(string name, ApiRole role, int? days) =>
        Should.Throw<DeviceCommandException>(() => Open().Create(new TokenRequest(name, role, days))).Failure.ShouldBe(CommandFailure.Malformed);

    [Fact]
    public void A_name_is_taken_once_and_there_are_only_so_many()
    {
        var store = Open();
        for (var i = 0; i < TokenStore.Most; i++) store.Create(new TokenRequest($"t{i}", ApiRole.Viewer));
        Should.Throw<DeviceCommandException>(() => store.Create(new TokenRequest("t1", ApiRole.Viewer))).Message.ShouldContain("already");
        Should.Throw<DeviceCommandException>(() => store.Create(new TokenRequest("more", ApiRole.Viewer))).Message.ShouldContain("as many as there may be");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[null]")]
    [InlineData("null")]
    public void A_file_that_cannot_be_read_lets_nobody_in_and_is_kept(string text)
    {
        System.IO.File.WriteAllText(File, text);
        var store = Open();
        store.All.ShouldBeEmpty();
        Should.Throw<DeviceCommandException>(() => store.Create(new TokenRequest("a", ApiRole.Viewer))).Message.ShouldContain("cannot be read");
        System.IO.File.ReadAllText(File).ShouldBe(text);
    }

    private TokenStore Open() => new(File, _time);
}
