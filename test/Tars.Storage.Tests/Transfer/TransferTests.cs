using System.Text;
using NJsonSchema;
using Tars.Storage.Attestations;
using Tars.Storage.Captures;
using Tars.Storage.Identity;
using Tars.Storage.Jobs;
using Tars.Storage.Notifications;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.Storage.Schedules;
using Tars.Storage.Schema;
using Tars.Storage.Tests.Fixtures;
using Tars.TestKit;
using Xunit;

namespace Tars.Storage.Tests.Transfer;

public abstract class TransferTests(IStorePlace place) : StoreTestBase(place)
{
    /// <summary>Puts rows into every table.</summary>
    internal static async Task FillAsync(Store store, DateTimeOffset now)
    {
        Guid run = await new Runner(store).CompleteAsync(Samples.Report("kpi", 30, 1), Samples.Report("daily", 5, 2, isSealed: false));
        await new Runner(store).StoreAsync(Samples.Report("retro", 1, 3));
        Guid abandoned = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(abandoned, "kpi"), Token);
        await store.Runs.AbandonAsync(abandoned, "backend down", Token);
        await store.Findings.ResolveAsync(3, "subject-9", "rolled back", Token);
        await store.Captures.AddAsync(
            new StoredCapture(Samples.Digest("manifest"), "prometheus 2.42", Samples.Day, TimeSpan.FromSeconds(60)) { RunId = run, Blob = new BlobReference(Samples.Digest("capture"), 99), Location = "captures/1" }, Token);
        NewUser user = new(Guid.NewGuid(), "subject-9", "zoë", "viewer", "$argon2id$…");
        await store.Users.AddAsync(user, Token);
        await store.ApiKeys.AddAsync(new NewApiKey(Guid.NewGuid(), user.Id, "ci", Samples.Digest("key"), "read write", now.AddDays(1)), Token);
        Guid login = Guid.NewGuid();
        await store.RefreshTokens.BeginAsync(login, user.Id, TimeSpan.FromDays(1), TimeSpan.FromDays(2), Token);
        await store.RefreshTokens.RevokeFamilyAsync(login, "logout", Token);
        await store.Users.SetFactorAsync(user.Id, "sealed", Token);
        await store.SigningKeys.AddAsync(new StoredSigningKey("key-1", "ES256", "public", "sealed", now, now.AddDays(30)), now, Token);
        await store.Database.WriteAsync( // nothing writes this table any longer
            "insert", work => work.ExecuteAsync("INSERT INTO tokens (hash, family_id, user_id, issued, expires) VALUES (@hash, @login, @user, 1, 2)", new { hash = Samples.Digest("token"), login = login.ToString(), user = user.Id.ToString() }), Token);
        await store.Sessions.AddAsync(Samples.Digest("session"), user.Id, now.AddDays(1), Token);
        await store.Attestations.AddAsync(
            new Attestation(Guid.NewGuid(), "soc2", "CC7.2", Samples.Day, Judgement.Inconclusive("not checked"), Samples.Digest("statement")) { RunId = run, Actor = "subject-1", Envelope = new BlobReference(Samples.Digest("e"), 5) }, Token);
        await store.Jobs.AddAsync(new NewJob(Guid.NewGuid(), "report", """{"a":"b"}""", now), Token);
        await store.Jobs.TakeAsync("replica-1", TimeSpan.FromMinutes(1), Token);
        await store.Outbox.AddAsync(new NewMessage("ops", "{}") { RunId = run }, Token);
        await store.Outbox.FailedAsync((await store.Outbox.TakeAsync("s", TimeSpan.FromMinutes(1), Token))!, "503", TimeSpan.FromMinutes(1), Token);
        await store.Schedules.ObserveAsync("daily", "daily 0 6 * * * UTC", Token);
        ScheduleClaim claim = await store.Schedules.ClaimNowAsync(new ScheduleClaimant("daily", "daily 0 6 * * * UTC", "replica-1", TimeSpan.FromMinutes(1), MayRepeat: true), Token);
        await store.Schedules.EndAsync(((ScheduleClaim.Taken)claim).Run, ScheduledOutcome.Failed, "no backend", Token);
    }

    [Fact]
    public async Task ExportAsync_ImportedIntoEitherDatabase_IsTheSameExport()
    {
        Store store = await NewStoreAsync();
        await FillAsync(store, Clock.GetUtcNow());
        byte[] export = await ExportAsync(store);
        using TemporaryDirectory folder = new();
        foreach (StoreAddress address in new[] { await NewAddressAsync(), StoreAddress.Parse($"sqlite:{folder.Combine("other.db")}") })
        {
            await using Store other = await Store.OpenAsync(address, Clock, null, Token);
            IReadOnlyDictionary<string, long> rows = await other.ImportAsync(new MemoryStream(export), Token);
            Assert.All(Tables.All, table => Assert.True(rows[table.Name] > 0, $"{table.Name} has no rows: the test moves nothing of it"));
            Assert.Equal(Encoding.UTF8.GetString(export), Encoding.UTF8.GetString(await ExportAsync(other)));
            Assert.Empty(await other.CheckAsync(Token));

            // Numbers the database gives go on after those that came.
            Guid run = await new Runner(other).StoreAsync(Samples.Report("later", 2, 9));
            Assert.True((await other.Reports.OfRunAsync(run, Token))[0].Id > rows["reports"]);
        }
    }

    [Fact]
    public async Task ImportAsync_PersonsErasedSince_AreErasedInTheSameTransaction()
    {
        Store store = await NewStoreAsync();
        await FillAsync(store, Clock.GetUtcNow());
        byte[] export = await ExportAsync(store);
        await using Store other = await OpenAsync(await NewAddressAsync());
        await Assert.ThrowsAsync<StoreException>(() => other.ImportAsync(new MemoryStream(export[..^5]), ["subject-9"], Token));
        Assert.Null(await other.Subjects.FindAsync("subject-9", Token)); // nothing of a damaged one is there

        await other.ImportAsync(new MemoryStream(export), ["subject-9", "nobody"], Token);
        Assert.NotNull((await other.Subjects.FindAsync("subject-9", Token))!.Erased);
        Assert.Null(await other.Users.FindByLoginAsync("zoë", Token));
        Assert.DoesNotContain("zoë", Encoding.UTF8.GetString(await ExportAsync(other)), StringComparison.Ordinal);
        Assert.DoesNotContain(Samples.Digest("session"), Encoding.UTF8.GetString(await ExportAsync(other)), StringComparison.Ordinal);
        Assert.Empty(await other.CheckAsync(Token));
    }

    [Fact]
    public async Task ExportAsync_EachLine_FulfilsTheSchema()
    {
        JsonSchema schema = await JsonSchema.FromFileAsync(RepositoryRoot.PathOf("schemas/store-export.schema.json"), Token);
        Store store = await NewStoreAsync();
        await FillAsync(store, Clock.GetUtcNow());
        string[] lines = Encoding.UTF8.GetString(await ExportAsync(store)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Empty(schema.Validate(line)));
        Assert.NotEmpty(schema.Validate(lines[1].Replace("\"table\":\"subjects\"", "\"table\":\"runs\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ExportAsync_WhileOthersWrite_IsOfOneInstant()
    {
        StoreAddress address = await NewAddressAsync();
        Store store = await OpenAsync(address);
        Store writer = await OpenAsync(address);
        await new Runner(store).CompleteAsync(Samples.Report("kpi", 1000, 1)); // more than one block of output
        int written = 0;
        using MemoryStream export = new();
        await using WritingStream output = new(export, async () =>
        {
            Guid run = await new Runner(writer).StoreAsync(Samples.Report("kpi", 20, ++written));
            await writer.Runs.CompleteAsync(run, 9, [new NewMessage("ops", "{}")], Token);
        });
        IReadOnlyDictionary<string, long> rows = await store.ExportAsync(output, Token);
        Assert.True(written > 2, "nothing was written between the blocks of the export");
        Assert.Equal((1, 1000, 0), (rows["runs"], rows["findings"], rows["outbox"]));
        export.Position = 0;
        Store copy = await OpenAsync(await NewAddressAsync());
        await copy.ImportAsync(export, Token); // foreign keys hold, so no child came without its parent
        Assert.Empty(await copy.CheckAsync(Token)); // nor a report with fewer findings than it says
    }

    [Fact]
    public async Task ImportAsync_DamagedExport_IsRefusedAndNothingIsKept()
    {
        Store source = await NewStoreAsync();
        await FillAsync(source, Clock.GetUtcNow());
        string[] lines = Encoding.UTF8.GetString(await ExportAsync(source)).Split('\n');
        int aFigure = Array.FindIndex(lines, line => line.StartsWith("{\"table\":\"figures\"", StringComparison.Ordinal));
        (string What, string Text)[] damaged =
        [
            ("it is empty", string.Empty),
            ("it does not begin as", "{}\n"),
            ("it ends before its end", string.Join('\n', lines[..^2]) + "\n"), // the end is cut off
            ("it ends before its end", string.Join('\n', lines[..20]) + "\n{\"table\":"), // torn within a line
            ("its digest is not that of its lines", string.Join('\n', lines).Replace("rolled back", "rolled bach", StringComparison.Ordinal)),
            ("its digest is not that of its lines", string.Join('\n', lines.Where((_, i) => i != aFigure))), // a line is missing
            ("there is no table", string.Join('\n', lines).Replace("\"table\":\"blobs\"", "\"table\":\"blebs\"", StringComparison.Ordinal)),
            ("a column this program does not know", string.Join('\n', lines).Replace("\"command\":", "\"comand\":\"\",\"command\":", StringComparison.Ordinal)),
            ("is no instant", string.Join('\n', lines).Replace("000000Z", "000Z", StringComparison.Ordinal)),
            ("it goes on after its end", string.Join('\n', lines) + "{}\n"),
        ];
        Store target = await NewStoreAsync();
        foreach ((string what, string text) in damaged)
        {
            StoreException refused = await Assert.ThrowsAsync<StoreException>(() => target.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), Token));
            Assert.Contains(what, refused.Message, StringComparison.Ordinal);
            Assert.Empty(await target.Runs.ListAsync(null, null, 1, Token));
            Assert.Null(await target.Subjects.FindAsync("subject-1", Token));
        }
    }

    [Fact]
    public async Task ImportAsync_StoreWithRowsOrNewerExport_IsRefused()
    {
        Store store = await NewStoreAsync();
        byte[] export = await ExportAsync(store);
        string newer = Encoding.UTF8.GetString(export).Replace($"\"schema\":{store.Schema.Newest}", $"\"schema\":{store.Schema.Newest + 1}", StringComparison.Ordinal);
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => store.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(newer)), Token));
        Assert.Equal("use a newer tars", refused.Hint);
        await new Runner(store).StoreAsync(Samples.Report("kpi", 1, 1));
        refused = await Assert.ThrowsAsync<StoreException>(() => store.ImportAsync(new MemoryStream(export), Token));
        Assert.Equal($"{store.Location}: import into the store: the store is not empty: subjects has rows", refused.Message);
    }

    private static async Task<byte[]> ExportAsync(Store store)
    {
        using MemoryStream output = new();
        await store.ExportAsync(output, Token);
        return output.ToArray();
    }

    /// <summary>A stream during each of whose writes something happens.</summary>
    private sealed class WritingStream(Stream inner, Func<Task> meanwhile) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            await meanwhile();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

public sealed class SqliteTransferTests(SqlitePlace place) : TransferTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresTransferTests(PostgresPlace place) : TransferTests(place);
