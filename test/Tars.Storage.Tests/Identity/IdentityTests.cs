using Tars.Storage.Attestations;
using Tars.Storage.Captures;
using Tars.Storage.Identity;
using Tars.Storage.Reports;
using Tars.Storage.Tests.Fixtures;
using Xunit;

namespace Tars.Storage.Tests.Identity;

public abstract class IdentityTests(IStorePlace place) : StoreTestBase(place)
{
    [Fact]
    public async Task Users_AddedAndDisabled_LoseSessionsTokensAndKeys()
    {
        Store store = await NewStoreAsync();
        NewUser user = await AddUserAsync(store, "ann", "subject-1");
        Assert.False(await store.Users.AddAsync(user with { Id = Guid.NewGuid(), SubjectId = "subject-2" }, Token)); // the login is taken
        Assert.Equal(new StoredUser(user, Clock.GetUtcNow(), null), await store.Users.FindByLoginAsync("ann", Token));
        Assert.True(await store.Users.SetRoleAsync(user.Id, "operator", Token));
        Assert.Equal("operator", Assert.Single(await store.Users.ListAsync(Token)).User.Role);
        Assert.NotNull(await store.ApiKeys.FindUsableAsync(Samples.Digest("key ann"), Token));
        Assert.NotNull(await store.Sessions.FindAsync(Samples.Digest("session ann"), Token));

        Assert.True(await store.Users.DisableAsync(user.Id, Token));
        Assert.False(await store.Users.DisableAsync(user.Id, Token));
        Assert.Null(await store.ApiKeys.FindUsableAsync(Samples.Digest("key ann"), Token));
        Assert.Null(await store.Sessions.FindAsync(Samples.Digest("session ann"), Token));
        Assert.IsType<TokenRotation.Refused>(await store.RefreshTokens.RotateAsync(Samples.Digest("token ann"), Samples.Digest("next"), Clock.GetUtcNow().AddDays(1), Token));
    }

    [Fact]
    public async Task ApiKeys_ExpiredOrRevoked_AreNotUsable()
    {
        Store store = await NewStoreAsync();
        NewUser user = await AddUserAsync(store, "ann", "subject-1");
        StoredApiKey key = (await store.ApiKeys.FindUsableAsync(Samples.Digest("key ann"), Token))!;
        await store.ApiKeys.TouchAsync(key.Key.Id, Token);
        Assert.Equal(Clock.GetUtcNow(), Assert.Single(await store.ApiKeys.OfUserAsync(user.Id, Token)).LastUsed);
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await store.ApiKeys.FindUsableAsync(Samples.Digest("key ann"), Token));
        await store.ApiKeys.AddAsync(new NewApiKey(Guid.NewGuid(), user.Id, "for ever", Samples.Digest("ever"), "read", null), Token);
        StoredApiKey ever = (await store.ApiKeys.FindUsableAsync(Samples.Digest("ever"), Token))!;
        Assert.True(await store.ApiKeys.RevokeAsync(ever.Key.Id, Token));
        Assert.False(await store.ApiKeys.RevokeAsync(ever.Key.Id, Token));
        Assert.Null(await store.ApiKeys.FindUsableAsync(Samples.Digest("ever"), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => store.ApiKeys.AddAsync(new NewApiKey(Guid.NewGuid(), user.Id, "plain", "tars_plain_key", "read", null), Token));
    }

    [Fact]
    public async Task RotateAsync_TokenUsedTwice_RevokesItsFamily()
    {
        Store store = await NewStoreAsync();
        NewUser user = await AddUserAsync(store, "ann", "subject-1");
        DateTimeOffset later = Clock.GetUtcNow().AddDays(1);
        TokenRotation.Rotated first = Assert.IsType<TokenRotation.Rotated>(await store.RefreshTokens.RotateAsync(Samples.Digest("token ann"), Samples.Digest("2"), later, Token));
        TokenRotation.Reused reused = Assert.IsType<TokenRotation.Reused>(await store.RefreshTokens.RotateAsync(Samples.Digest("token ann"), Samples.Digest("3"), later, Token));
        Assert.Equal((first.Token.FamilyId, user.Id), (reused.FamilyId, reused.UserId));
        Assert.IsType<TokenRotation.Refused>(await store.RefreshTokens.RotateAsync(Samples.Digest("2"), Samples.Digest("4"), later, Token));
        Assert.IsType<TokenRotation.Refused>(await store.RefreshTokens.RotateAsync(Samples.Digest("unknown"), Samples.Digest("5"), later, Token));
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(2, await store.RefreshTokens.RemoveExpiredAsync(Clock.GetUtcNow(), Token));
    }

    [Fact]
    public async Task RotateAsync_ManyAtOnceWithOneToken_GivesOneSuccessor()
    {
        StoreAddress address = await NewAddressAsync();
        Store[] replicas = [await OpenAsync(address), await OpenAsync(address)];
        await AddUserAsync(replicas[0], "ann", "subject-1");
        TokenRotation[] outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => replicas[i % 2].RefreshTokens.RotateAsync(Samples.Digest("token ann"), Samples.Digest($"next {i}"), Clock.GetUtcNow().AddDays(1), Token))));
        Assert.Single(outcomes.OfType<TokenRotation.Rotated>());
        Assert.Single(outcomes.OfType<TokenRotation.Reused>()); // the second revoked the family, those after it were refused
    }

    [Fact]
    public async Task RotateAsync_ExpiredToken_IsRefused()
    {
        Store store = await NewStoreAsync();
        await AddUserAsync(store, "ann", "subject-1");
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.IsType<TokenRotation.Refused>(await store.RefreshTokens.RotateAsync(Samples.Digest("token ann"), Samples.Digest("2"), Clock.GetUtcNow().AddDays(1), Token));
    }

    [Fact]
    public async Task EraseAsync_Person_LeavesNoNameAndNoAccess()
    {
        Store store = await NewStoreAsync();
        NewUser user = await AddUserAsync(store, "ann", "subject-1");
        Guid run = await new Runner(store).StoreAsync(Samples.Report("kpi", 1, 1)); // whose actor is subject-1
        Assert.True(await store.Subjects.EraseAsync("subject-1", Token));
        Assert.False(await store.Subjects.EraseAsync("subject-1", Token));
        Assert.Equal(Clock.GetUtcNow(), (await store.Subjects.FindAsync("subject-1", Token))!.Erased);
        StoredUser erased = (await store.Users.FindAsync(user.Id, Token))!;
        Assert.Equal(($"erased:{user.Id}", null, true), (erased.User.Login, erased.User.PasswordHash, erased.Disabled is not null));
        Assert.Equal(string.Empty, Assert.Single(await store.ApiKeys.OfUserAsync(user.Id, Token)).Key.Name);
        Assert.Equal("subject-1", (await store.Runs.FindAsync(run, Token))!.Intent.Actor);
        using MemoryStream export = new();
        await store.ExportAsync(export, Token);
        Assert.DoesNotContain("\"ann\"", System.Text.Encoding.UTF8.GetString(export.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_EndAndExpire()
    {
        Store store = await NewStoreAsync();
        NewUser user = await AddUserAsync(store, "ann", "subject-1");
        Clock.Advance(TimeSpan.FromHours(1));
        await store.Sessions.TouchAsync(Samples.Digest("session ann"), Token);
        Assert.Equal(Clock.GetUtcNow(), (await store.Sessions.FindAsync(Samples.Digest("session ann"), Token))!.Seen);
        await store.Sessions.AddAsync(Samples.Digest("second"), user.Id, Clock.GetUtcNow().AddMinutes(1), Token);
        Assert.True(await store.Sessions.EndAsync(Samples.Digest("second"), Token));
        Assert.False(await store.Sessions.EndAsync(Samples.Digest("second"), Token));
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await store.Sessions.FindAsync(Samples.Digest("session ann"), Token));
        Assert.Equal(1, await store.Sessions.RemoveExpiredAsync(Token));
    }

    [Fact]
    public async Task BlobRecords_OnlyWhatNothingPointsTo_IsForgotten()
    {
        Store store = await NewStoreAsync();
        await new Runner(store).StoreAsync(Samples.Report("kpi", 0, 1));
        BlobReference capture = new(Samples.Digest("capture"), 10), envelope = new(Samples.Digest("attested"), 11), loose = new(Samples.Digest("loose"), 12);
        await store.Captures.AddAsync(new StoredCapture(Samples.Digest("manifest"), "prometheus", Samples.Day, TimeSpan.FromMinutes(1)) { Blob = capture }, Token);
        await store.Attestations.AddAsync(new Attestation(Guid.NewGuid(), "soc2", "CC7.2", Samples.Day, Judgement.Pass, Samples.Digest("s")) { Envelope = envelope }, Token);
        await store.Blobs.RegisterAsync([loose], Token);
        DateTimeOffset later = Clock.GetUtcNow().AddDays(1);
        Assert.Equal(6, (await store.Blobs.ListAsync(null, 100, Token)).Count);
        Assert.Empty(await store.Blobs.UnreferencedAsync(Clock.GetUtcNow(), 100, Token)); // too young: a run may be under way
        Assert.Equal([loose], await store.Blobs.UnreferencedAsync(later, 100, Token));
        foreach (BlobReference used in new[] { capture, envelope })
        {
            Assert.False(await store.Blobs.ForgetAsync(used.Digest, later, Token));
        }

        Assert.True(await store.Blobs.ForgetAsync(loose.Digest, later, Token));
        Assert.Equal(capture, (await store.Captures.FindAsync(Samples.Digest("manifest"), Token))!.Blob);
        Assert.Single(await store.Captures.CoveringAsync(Samples.Day, Token));
        Assert.Empty(await store.Captures.CoveringAsync(new StoredWindow(Samples.Day.From.AddHours(-1), Samples.Day.To), Token));
        Assert.Equal(envelope, Assert.Single(await store.Attestations.ListAsync("soc2", "CC7.2", Samples.Day, Token)).Envelope);
        Assert.Empty(await store.Attestations.ListAsync("soc2", "CC7.2", new StoredWindow(Samples.Day.To, Samples.Day.To.AddDays(1)), Token));
    }

    private async Task<NewUser> AddUserAsync(Store store, string login, string subject)
    {
        DateTimeOffset expires = Clock.GetUtcNow().AddDays(1);
        NewUser user = new(Guid.NewGuid(), subject, login, "viewer", "hash");
        Assert.True(await store.Users.AddAsync(user, Token));
        await store.ApiKeys.AddAsync(new NewApiKey(Guid.NewGuid(), user.Id, "ci", Samples.Digest("key " + login), "read", expires), Token);
        await store.RefreshTokens.AddAsync(new NewRefreshToken(Samples.Digest("token " + login), Guid.NewGuid(), user.Id, expires), Token);
        await store.Sessions.AddAsync(Samples.Digest("session " + login), user.Id, expires, Token);
        return user;
    }
}

public sealed class SqliteIdentityTests(SqlitePlace place) : IdentityTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresIdentityTests(PostgresPlace place) : IdentityTests(place);
