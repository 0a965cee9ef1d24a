using Microsoft.Extensions.Time.Testing;
using Tars.Storage.Blobs;
using Tars.Storage.Blobs.S3;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;
using Xunit;

namespace Tars.Storage.Tests.Blobs;

/// <summary>What goes wrong between a store and its bucket.</summary>
public sealed class S3FailureTests : IAsyncLifetime
{
    private const int Part = S3BlobStoreOptions.MinimumPartBytes;

    private S3Place _place = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _place = await S3Place.StartAsync(cancellationToken: Cancelled);

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    // Where the answer is lost: the put itself; of an upload in parts its beginning, a part, its completion.
    [Theory]
    [InlineData(100, "PUT", "")]
    [InlineData((2 * Part) + 9, "POST", "uploads")]
    [InlineData((2 * Part) + 9, "PUT", "partNumber=2")]
    [InlineData((2 * Part) + 9, "POST", "uploadId")]
    public async Task Put_WhoseAnswerIsLost_IsThereOnceAndWhole(int size, string method, string query)
    {
        using S3BlobStore store = _place.Open(_place.Options);
        _place.Server.Faults.Next(new Fault.Lost(), method: method, queryPart: query);
        BlobPut.Stored put = Assert.IsType<BlobPut.Stored>(await store.PutAsync(new CountingStream(size, seed: 1), null, Cancelled));
        Assert.Equal(0, _place.Server.Faults.Waiting);
        Assert.Equal(BlobDigest.Of(CountingStream.Bytes(size, seed: 1)), put.Digest);
        Assert.Single(_place.Server.Keys(S3Place.Bucket));
        Assert.IsType<BlobRead.Whole>(await store.ReadAsync(put.Digest, size, Cancelled));
        int orphans = query == "uploads" ? 1 : 0; // nobody knows its id; it is what CleanAsync is for
        Assert.Equal(orphans, _place.Server.OpenUploads);
        S3BlobStore later = _place.Open(_place.Options, new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(2)));
        Assert.Equal(0, await store.CleanAsync(TimeSpan.FromDays(1), Cancelled));
        Assert.Equal(orphans, await later.CleanAsync(TimeSpan.FromDays(1), Cancelled));
        Assert.Equal(0, _place.Server.OpenUploads);
    }

    public static TheoryData<string> PassingFaults => ["drop", "500", "503", "slow down", "slow down at once", "cut upload"];

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task PutAndRead_ThroughAFaultThatPasses_Succeed(string name)
    {
        Fault fault = name switch
        {
            "drop" => new Fault.Drop(),
            "500" => new Fault.ServerError(),
            "503" => new Fault.ServerError(503),
            "slow down" => new Fault.Throttle(),
            "slow down at once" => new Fault.Throttle(TimeSpan.Zero),
            _ => new Fault.CutUpload(1000),
        };
        using S3BlobStore store = _place.Open(_place.Options);
        foreach (int size in new[] { 100_000, Part + 100_000 })
        {
            _place.Server.Faults.Next(fault, method: "PUT");
            BlobDigest digest = Assert.IsType<BlobPut.Stored>(await store.PutAsync(new CountingStream(size, seed: size), null, Cancelled)).Digest;
            if (fault is not Fault.CutUpload)
            {
                _place.Server.Faults.Next(fault, method: "GET");
            }

            Assert.IsType<BlobRead.Whole>(await store.ReadAsync(digest, size, Cancelled));
            Assert.Equal(0, _place.Server.Faults.Waiting);
        }
    }

    [Fact]
    public async Task Read_CutInTheMiddle_GoesOnFromThereWithTheSameVersion()
    {
        using S3BlobStore store = _place.Open(_place.Options);
        const int size = 3 << 20;
        BlobDigest digest = Assert.IsType<BlobPut.Stored>(await store.PutAsync(new CountingStream(size, seed: 2), null, Cancelled)).Digest;
        _place.Server.Faults.Next(new Fault.Truncate(), count: 2, method: "GET");
        Assert.IsType<BlobRead.Whole>(await store.ReadAsync(digest, size, Cancelled));
        ReceivedRequest[] gets = [.. _place.Server.Requests.Where(request => request.Method == "GET")];
        Assert.Equal(3, gets.Length);
        Assert.Null(gets[0].Header("Range"));
        Assert.StartsWith("bytes=", gets[1].Header("Range"), StringComparison.Ordinal);
        Assert.EndsWith($"-{size - 1}", gets[1].Header("Range"), StringComparison.Ordinal);
        Assert.NotNull(gets[1].Header("If-Match"));
    }

    [Fact]
    public async Task Put_WithACompletionThatFailsInsideA200_IsTriedAgain()
    {
        using S3BlobStore store = _place.Open(_place.Options);
        _place.Server.Faults.Next(
            new Fault.Instead(Answer.Text(200, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>InternalError</Code><Message>We encountered an internal error. Please try again.</Message></Error>", "application/xml")),
            method: "POST", queryPart: "uploadId");
        Assert.IsType<BlobPut.Stored>(await store.PutAsync(new CountingStream(Part + 1, seed: 3), null, Cancelled));
        Assert.Equal(0, _place.Server.Faults.Waiting);
        Assert.Single(_place.Server.Keys(S3Place.Bucket));
    }

    [Fact]
    public async Task Put_ThroughFaultsThatDoNotPass_EndsAfterTheAttemptsAndAbortsTheUpload()
    {
        using S3BlobStore store = _place.Open(_place.Options with { Attempts = 3 });
        _place.Server.Faults.Next(new Fault.ServerError(), count: 3, method: "PUT");
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => store.PutAsync(new CountingStream(Part + 1, seed: 4), null, Cancelled));
        Assert.True(error.IsTransient);
        Assert.Contains("InternalError: We encountered an internal error. Please try again. (3 attempts)", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0, 3), (_place.Server.OpenUploads, _place.Server.Keys(S3Place.Bucket).Count, _place.Server.Requests.Count(request => request.Method == "PUT")));
    }

    [Fact]
    public async Task Put_ToldToComeBackLater_WaitsAsLongAndNotLongerThanAllowed()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        using S3BlobStore store = _place.Open(_place.Options with { Timeout = TimeSpan.FromMinutes(10) }, clock);
        _place.Server.Faults.Next(new Fault.Throttle(TimeSpan.FromSeconds(20)), method: "PUT");
        Task<BlobPut> put = store.PutAsync("later"u8.ToArray(), Cancelled);
        while (_place.Server.Requests.Count == 0)
        {
            await Task.Delay(20, Cancelled);
        }

        await Task.Delay(300, Cancelled); // so that the pause has begun
        clock.Advance(TimeSpan.FromSeconds(19));
        await Task.Delay(200, Cancelled);
        Assert.Single(_place.Server.Requests);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<BlobPut.Stored>(await put);
        Assert.Equal(2, _place.Server.Requests.Count);

        _place.Server.Faults.Next(new Fault.Throttle(TimeSpan.FromSeconds(31)), method: "PUT");
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => store.PutAsync("too late"u8.ToArray(), Cancelled));
        Assert.True(error.IsTransient);
        Assert.EndsWith("SlowDown: Please reduce your request rate.; it asks for a pause of 31 s, longer than is waited here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WithoutAnAnswer_EndsWithTheTimeout()
    {
        using S3BlobStore store = _place.Open(_place.Options with { Timeout = TimeSpan.FromMilliseconds(300), Attempts = 2 });
        _place.Server.Faults.Next(new Fault.Delay(TimeSpan.FromMinutes(1)), count: 2);
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => store.ReadAsync(BlobDigest.Of([]), 10, Cancelled));
        Assert.True(error.IsTransient);
        Assert.Contains("no answer within 0.3 s (2 attempts)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfWhatIsWrong_NamesIt()
    {
        AwsCredentials denied = _place.Account.CreateUserKeys();
        _place.Account.Deny(denied, "s3:PutObject");
        await AssertCheckAsync(_place.Options with { Bucket = "not-there" }, "there is no bucket \"not-there\"", "create it");
        await AssertCheckAsync(_place.Options with { Credentials = S3Credentials.Of(denied.AccessKeyId, denied.SecretAccessKey) }, "access denied", "s3:PutObject");
        await AssertCheckAsync(_place.Options with { Credentials = S3Credentials.Of(_place.Keys.AccessKeyId, "wrong") }, "the signature is not what the service computes", "the secret key is wrong");
        await AssertCheckAsync(_place.Options with { Credentials = S3Credentials.Of("nobody", "wrong") }, "the access key is unknown", "correct the keys");
        await AssertCheckAsync(_place.Options with { Credentials = S3Credentials.Of(_place.Keys.AccessKeyId, _place.Keys.SecretAccessKey, "token") }, "the session token is no longer good (InvalidToken)", "new temporary keys");
        await AssertCheckAsync(_place.Options with { Region = "us-west-2" }, "the region does not fit the bucket", "\"us-west-2\" is not");
        await AssertCheckAsync(_place.Options with { Endpoint = _place.Server.HttpsAddress }, "no TLS", "name its authority");
        await AssertCheckAsync(_place.Options with { Endpoint = new Uri("http://127.0.0.1:1/"), Attempts = 1 }, "the connection failed", "reachable");
        await _place.Open(_place.Options with { Endpoint = _place.Server.HttpsAddress, AuthorityPem = _place.Server.AuthorityPem, AllowHttp = false }).CheckAsync(Cancelled);
    }

    [Fact]
    public async Task Check_WithAClockThatIsWrong_SaysSo()
    {
        await using S3Place place = await S3Place.StartAsync(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(16)), cancellationToken: Cancelled);
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => place.Open(place.Options).CheckAsync(Cancelled));
        Assert.Contains("this machine's clock differs", error.Message, StringComparison.Ordinal);
        Assert.Equal("set the clock", error.Hint);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task Check_OfAServiceThatIgnoresConditions_RefusesIt()
    {
        using S3BlobStore store = _place.Open(_place.Options);
        _place.Server.Faults.Next(new Fault.Instead(Answer.Empty(200).With("ETag", "\"x\"")), count: 2, pathPart: "/check/", method: "PUT");
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => store.CheckAsync(Cancelled));
        Assert.Contains("overwrites an object although it was told not to", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_CancelledBetweenItsParts_AbortsTheUpload()
    {
        using S3BlobStore store = _place.Open(_place.Options);
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        _place.Server.Faults.Next(new Fault.Delay(TimeSpan.FromMinutes(5)), method: "PUT", queryPart: "partNumber=2");
        Task<BlobPut> put = store.PutAsync(new CountingStream(3 * Part, seed: 8), null, source.Token);
        while (_place.Server.Faults.Waiting > 0)
        {
            await Task.Delay(20, Cancelled);
        }

        Assert.Equal(1, _place.Server.OpenUploads);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        Assert.Equal(0, _place.Server.OpenUploads);
        Assert.Empty(_place.Server.Keys(S3Place.Bucket));
    }

    [Fact]
    public async Task Find_InABucketThatIsNotThere_IsAFailureAndNotAMissingBlob()
    {
        using S3BlobStore store = _place.Open(_place.Options with { Bucket = "not-there" });
        foreach (Func<Task> call in (Func<Task>[])[() => store.FindAsync(BlobDigest.Of([]), Cancelled), () => store.DeleteAsync(BlobDigest.Of([]), Cancelled), () => store.ReadAsync(BlobDigest.Of([]), 1, Cancelled)])
        {
            Assert.Contains("there is no bucket", (await Assert.ThrowsAsync<BlobStoreException>(call)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Put_WithEncryption_TellsTheService()
    {
        using S3BlobStore service = _place.Open(_place.Options with { Encryption = new S3Encryption.WithServiceKeys() });
        using S3BlobStore kms = _place.Open(_place.Options with { Encryption = new S3Encryption.WithKms("alias/reports") });
        await service.PutAsync("one"u8.ToArray(), Cancelled);
        Assert.Equal(["AES256"], _place.Server.EncryptionOf(S3Place.Bucket, Assert.Single(_place.Server.Keys(S3Place.Bucket))));
        Assert.Contains(_place.Server.Requests, request => request.Method == "PUT" && request.Header("x-amz-server-side-encryption") == "AES256");
        BlobPut.Stored put = Assert.IsType<BlobPut.Stored>(await kms.PutAsync(new CountingStream(Part + 1, seed: 5), null, Cancelled));
        string key = Assert.Single(_place.Server.Keys(S3Place.Bucket), key => key.EndsWith(put.Digest.ToString(), StringComparison.Ordinal));
        Assert.Equal(["aws:kms", "alias/reports"], _place.Server.EncryptionOf(S3Place.Bucket, key));
    }

    [Fact]
    public async Task Put_AnySize_IsConditionalAndCarriesItsSha256()
    {
        using S3BlobStore store = _place.Open(_place.Options);
        await store.PutAsync("one"u8.ToArray(), Cancelled);
        await store.PutAsync(new CountingStream(Part + 1, seed: 6), null, Cancelled);
        Assert.All(_place.Server.Requests.Where(request => request.Method == "PUT"), put => Assert.NotNull(put.Header("x-amz-checksum-sha256")));
        Assert.Equal(2, _place.Server.Requests.Count(request => request.Header("If-None-Match") == "*"));
    }

    [Fact]
    public async Task Put_WithAFullSpoolFolder_SaysSo()
    {
        using S3BlobStore store = _place.Open(_place.Options with { SpoolDirectory = _place.Spool.Combine("missing") });
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => store.PutAsync(new CountingStream(Part + 1, seed: 7), null, Cancelled));
        Assert.Equal((_place.Spool.Combine("missing"), false), (error.Place, error.IsTransient));
    }

    [Fact]
    public async Task Failures_OfAnyKind_HoldNoKey()
    {
        string secret = _place.Keys.SecretAccessKey;
        _place.Account.Delete(_place.Keys);
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => _place.Open(_place.Options).CheckAsync(Cancelled));
        Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, _place.Options.ToString(), StringComparison.Ordinal);
        Assert.Equal($"{_place.Server.HttpAddress}{S3Place.Bucket}/{S3Place.Prefix}", error.Place);
    }

    [Theory]
    [InlineData("Reports", "tars/", "https://s3.example", "bucket")]
    [InlineData("reports", "tars", "https://s3.example", "prefix")]
    [InlineData("reports", "../", "https://s3.example", "prefix")]
    [InlineData("reports", "/", "https://s3.example", "prefix")]
    [InlineData("reports", "tars/", "http://s3.example", "endpoint")]
    [InlineData("reports", "tars/", "https://user@s3.example", "endpoint")]
    public void Options_ThatCannotBe_AreRefusedByName(string bucket, string prefix, string endpoint, string named)
    {
        S3BlobStoreOptions options = _place.Options with { Bucket = bucket, Prefix = prefix, Endpoint = new Uri(endpoint), AllowHttp = false };
        Assert.StartsWith(named + ":", Assert.Throws<ArgumentException>(() => new S3BlobStore(options, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    private async Task AssertCheckAsync(S3BlobStoreOptions options, string problem, string hint)
    {
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => _place.Open(options).CheckAsync(Cancelled));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
    }
}
