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
        Assert.Equal(new StoredUser(user, Clock.GetUtcNow(), null) { PasswordChanged = Clock.GetUtcNow(), LastLogin = Clock.GetUtcNow() }, await store.Users.FindByLoginAsync("ann", Token));
        long epoch = await store.Revocations.EpochAsync(Token);
        Assert.True(await store.Users.SetRoleAsync(user.Id, "operator", Token));
        Assert.Equal("operator", Assert.Single(await store.Users.ListAsync(Token)).User.Role);
        Assert.NotNull(await store.ApiKeys.FindGrantAsync(Samples.Digest("key ann"), Token));
        Assert.NotNull(await store.Sessions.FindAsync(Samples.Digest("session ann"), Token));

        Assert.True(await store.Users.DisableAsync(user.Id, Token));
        Assert.False(await store.Users.DisableAsync(user.Id, Token));
        AccessGrant key = (await store.ApiKeys.FindGrantAsync(Samples.Digest("key ann"), Token))!;
        Assert.Equal((Clock.GetUtcNow(), Clock.GetUtcNow()), (key.Revoked, key.UserDisabled));
        Assert.Null(await store.Sessions.FindAsync(Samples.Digest("session ann"), Token));
        Assert.Equal(new TokenRotation.Refused("revoked"), await RotateAsync(store, 0));
        Assert.True(await store.Revocations.EpochAsync(Token) > epoch);
        Assert.True(await store.Users.EnableAsync(user.Id, Token));
        Assert.False(await store.Users.EnableAsync(user.Id, Token));
        Assert.Equal(new TokenRotation.Refused("revoked"), await RotateAsync(store, 0)); // what was revoked stays so
    }

    [Fact]
    public async Task ApiKeys_ExpiredOrRevoked_SayWhatTheyAre()
    {
        Store store = await NewStoreAsync();
        NewUser user = await AddUserAsync(store, "ann", "subject-1");
        AccessGrant key = (await store.ApiKeys.FindGrantAsync(Samples.Digest("key ann"), Token))!;
        Assert.Equal(new AccessGrant(user.Id, "subject-1", "ann", "viewer", null, key.CredentialId, "read", Clock.GetUtcNow().AddDays(1), null, null), key);
        await store.ApiKeys.TouchAsync(key.CredentialId, Token);
        Assert.Equal(Clock.GetUtcNow(), Assert.Single(await store.ApiKeys.OfUserAsync(user.Id, Token)).LastUsed);
        await store.ApiKeys.AddAsync(new NewApiKey(Guid.NewGuid(), user.Id, "for ever", Samples.Digest("ever"), "read", null), Token);
        AccessGrant ever = (await store.ApiKeys.FindGrantAsync(Samples.Digest("ever"), Token))!;
        Assert.Null(ever.Expires);
        Assert.True(await store.ApiKeys.RevokeAsync(ever.CredentialId, Token));
        Assert.False(await store.ApiKeys.RevokeAsync(ever.CredentialId, Token));
        Assert.Equal(Clock.GetUtcNow(), (await store.ApiKeys.FindGrantAsync(Samples.Digest("ever"), Token))!.Revoked);
        Assert.Null(await store.ApiKeys.FindGrantAsync(Samples.Digest("never"), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => store.ApiKeys.AddAsync(new NewApiKey(Guid.NewGuid(), user.Id, "plain", "tars_plain_key", "read", null), Token));
    }

    [Fact]
    public async Task ApiKeys_Rotated_HoldBothForAWhile()
    {
        Store store = await NewStoreAsync();
        await AddUserAsync(store, "ann", "subject-1");
        Guid old = (await store.ApiKeys.FindGrantAsync(Samples.Digest("key ann"), Token))!.CredentialId;
        NewApiKey successor = (await store.ApiKeys.RotateAsync(old, Guid.NewGuid(), Samples.Digest("successor"), TimeSpan.FromHours(1), Clock.GetUtcNow().AddDays(90), Token))!;
        Assert.Equal(("ci", "read"), (successor.Name, successor.Scopes));
        Assert.Equal(Clock.GetUtcNow().AddHours(1), (await store.ApiKeys.FindGrantAsync(Samples.Digest("key ann"), Token))!.Expires);
        Assert.Equal(Clock.GetUtcNow().AddDays(90), (await store.ApiKeys.FindGrantAsync(Samples.Digest("successor"), Token))!.Expires);
        Clock.Advance(TimeSpan.FromHours(2));
        Assert.Null(await store.ApiKeys.RotateAsync(old, Guid.NewGuid(), Samples.Digest("third"), TimeSpan.Zero, null, Token)); // has expired
    }

    [Fact]
    public async Task RotateAsync_TokenUsedAgain_GivesTheSameUntilItsSuccessorIsUsed()
    {
        Store store = await NewStoreAsync();
        NewUser user = await AddUserAsync(store, "ann", "subject-1");
        Assert.Equal(1, Assert.IsType<TokenRotation.Rotated>(await RotateAsync(store, 0)).Family.Counter);
        Assert.Equal(1, Assert.IsType<TokenRotation.Repeated>(await RotateAsync(store, 0)).Family.Counter);
        Assert.Equal(2, Assert.IsType<TokenRotation.Rotated>(await RotateAsync(store, 1)).Family.Counter);
        Assert.Equal(new TokenRotation.Reused(Family, user.Id), await RotateAsync(store, 0));
        Assert.Equal(new TokenRotation.Refused("revoked"), await RotateAsync(store, 2));
        Assert.Equal("reused", (await store.Database.ReadAsync("look", work => work.FirstAsync<string>("SELECT reason FROM token_families"), Token))!);
        Assert.Equal(new TokenRotation.Refused("unknown"), await store.RefreshTokens.RotateAsync(Guid.NewGuid(), 0, Day, Grace, Token));
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await store.RefreshTokens.RemoveExpiredAsync(Clock.GetUtcNow(), Token));
    }

    [Fact]
    public async Task RotateAsync_ReplayAfterTheGrace_RevokesTheFamily()
    {
        Store store = await NewStoreAsync();
        await AddUserAsync(store, "ann", "subject-1");
        await RotateAsync(store, 0);
        Clock.Advance(Grace + TimeSpan.FromSeconds(1));
        Assert.IsType<TokenRotation.Reused>(await RotateAsync(store, 0));
    }

    [Fact]
    public async Task RotateAsync_ManyAtOnceWithOneToken_GivesOneSuccessor()
    {
        StoreAddress address = await NewAddressAsync();
        Store[] replicas = [await OpenAsync(address), await OpenAsync(address)];
        await AddUserAsync(replicas[0], "ann", "subject-1");
        TokenRotation[] outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => RotateAsync(replicas[i % 2], 0))));
        Assert.Equal(1, Assert.Single(outcomes.OfType<TokenRotation.Rotated>()).Family.Counter);
        Assert.All(outcomes.OfType<TokenRotation.Repeated>(), repeated => Assert.Equal(1, repeated.Family.Counter));
        Assert.Equal(7, outcomes.OfType<TokenRotation.Repeated>().Count());
    }

    [Fact]
    public async Task RotateAsync_ExpiredToken_IsRefused()
    {
        Store store = await NewStoreAsync();
        await AddUserAsync(store, "ann", "subject-1");
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(new TokenRotation.Refused("expired"), await RotateAsync(store, 0));
    }

    [Fact]
    public async Task RotateAsync_LoginAsOldAsItMayBe_IsContinuedNoLonger()
    {
        Store store = await NewStoreAsync();
        await AddUserAsync(store, "ann", "subject-1");
        for (int day = 0; day < 9; day++)
        {
            Clock.Advance(TimeSpan.FromHours(23));
            Assert.IsType<TokenRotation.Rotated>(await RotateAsync(store, day));
        }

        Clock.Advance(TimeSpan.FromHours(10 * 24) - (9 * TimeSpan.FromHours(23)));
        Assert.Equal(new TokenRotation.Refused("expired"), await RotateAsync(store, 9));
    }

    [Fact]
    public async Task CountFailureAsync_FromSomeNumberOn_DoublesThePause()
    {
        Store store = await NewStoreAsync();
        NewUser user = await AddUserAsync(store, "ann", "subject-1");
        DateTimeOffset?[] until = new DateTimeOffset?[6];
        for (int i = 0; i < until.Length; i++)
        {
            until[i] = await store.Users.CountFailureAsync(user.Id, 3, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(100), Token);
        }

        Assert.Equal([null, null, 30, 60, 100, 100], until.Select(time => (time - Clock.GetUtcNow())?.TotalSeconds));
        Assert.Equal(6, (await store.Users.FindAsync(user.Id, Token))!.Failures);
        await store.RefreshTokens.BeginAsync(Guid.NewGuid(), user.Id, Day, Day, Token);
        Assert.Equal((0, null), ((await store.Users.FindAsync(user.Id, Token)) is { } now ? (now.Failures, now.LockedUntil) : default));
    }

    [Fact]
    public async Task UseFactorAsync_Code_IsGoodOnce()
    {
        Store store = await NewStoreAsync();
        NewUser user = await AddUserAsync(store, "ann", "subject-1");
        Assert.False(await store.Users.UseFactorAsync(user.Id, 7, Token)); // there is no factor
        await store.Users.SetFactorAsync(user.Id, "sealed", Token);
        Assert.Equal(new StoredFactor("sealed", null, null), (await store.Users.FindAsync(user.Id, Token))!.Factor);
        bool[] used = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => store.Users.UseFactorAsync(user.Id, 7, Token))));
        Assert.Single(used, true);
        Assert.False(await store.Users.UseFactorAsync(user.Id, 6, Token));
        Assert.True(await store.Users.UseFactorAsync(user.Id, 8, Token));
        Assert.Equal(new StoredFactor("sealed", Clock.GetUtcNow(), 8), (await store.Users.FindAsync(user.Id, Token))!.Factor);
        await store.Users.SetFactorAsync(user.Id, null, Token);
        Assert.Null((await store.Users.FindAsync(user.Id, Token))!.Factor);
    }

    [Fact]
    public async Task SigningKeys_TwoReplicasAtOnce_AgreeOnOne()
    {
        StoreAddress address = await NewAddressAsync();
        Store[] replicas = [await OpenAsync(address), await OpenAsync(address)];
        DateTimeOffset now = Clock.GetUtcNow();
        IReadOnlyList<StoredSigningKey>[] lists = await Task.WhenAll(replicas.Select((store, i) => Task.Run(() =>
            store.SigningKeys.AddAsync(new StoredSigningKey($"key-{i}", "ES256", "public", "sealed", now, now.AddDays(2)), now.AddDays(-1), Token))));
        Assert.Equal(Assert.Single(lists[0]), Assert.Single(lists[1]));
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.Empty(await replicas[0].SigningKeys.ListAsync(Token));
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

    private static readonly Guid Family = Guid.Parse("7f6d1c1e-4a5b-4c3d-8e2f-0123456789ab");
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private static Task<TokenRotation> RotateAsync(Store store, long counter) => store.RefreshTokens.RotateAsync(Family, counter, Day, Grace, Token);

    private async Task<NewUser> AddUserAsync(Store store, string login, string subject)
    {
        DateTimeOffset expires = Clock.GetUtcNow().AddDays(1);
        NewUser user = new(Guid.NewGuid(), subject, login, "viewer", "hash");
        Assert.True(await store.Users.AddAsync(user, Token));
        await store.ApiKeys.AddAsync(new NewApiKey(Guid.NewGuid(), user.Id, "ci", Samples.Digest("key " + login), "read", expires), Token);
        await store.RefreshTokens.BeginAsync(Family, user.Id, Day, 10 * Day, Token);
        await store.Sessions.AddAsync(Samples.Digest("session " + login), user.Id, expires, Token);
        return user;
    }
}

public sealed class SqliteIdentityTests(SqlitePlace place) : IdentityTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresIdentityTests(PostgresPlace place) : IdentityTests(place);
