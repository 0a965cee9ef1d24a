using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.StorageServers;
using Tars.TestKit.Tests.SecretServers;
using Xunit;

namespace Tars.TestKit.Tests.StorageServers;

/// <summary>The S3 server over the wire, with requests signed by hand. Codes and statuses are those of the list "Error responses".</summary>
public sealed class S3ServerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private AwsAccount _account = null!;
    private AwsCredentials _keys = null!;
    private S3Server _server = null!;

    private HandSignedObject Signed => new(_keys, _time.GetUtcNow());

    public async ValueTask InitializeAsync()
    {
        _account = new AwsAccount(_time);
        _keys = _account.CreateUserKeys();
        _server = await S3Server.StartAsync(_account, cancellationToken: Wire.Cancelled);
        _server.CreateBucket("reports");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Object_PutGetHeadDelete_AsDocumented()
    {
        Reply put = await SendAsync("PUT", "/reports/a/b.txt", "0123456789");
        Assert.Equal((200, $"\"{Md5("0123456789")}\""), (put.Status, put.Headers["ETag"]));
        Reply get = await SendAsync("GET", "/reports/a/b.txt");
        Assert.Equal((200, "0123456789", "Sun, 01 Mar 2026 12:00:00 GMT"), (get.Status, get.Body, get.Headers["Last-Modified"]));
        Reply head = await SendAsync("HEAD", "/reports/a/b.txt");
        Assert.Equal((200, "10", ""), (head.Status, head.Headers["Content-Length"], head.Body));
        Assert.Equal(204, (await SendAsync("DELETE", "/reports/a/b.txt")).Status);
        Assert.Equal(204, (await SendAsync("DELETE", "/reports/a/b.txt")).Status);
        AssertError(await SendAsync("GET", "/reports/a/b.txt"), 404, "NoSuchKey");
        Assert.Equal((404, ""), (await SendAsync("HEAD", "/reports/a/b.txt") is var gone ? gone.Status : 0, gone.Body));
        AssertError(await SendAsync("GET", "/nowhere/a"), 404, "NoSuchBucket");
        AssertError(await SendAsync("POST", "/reports/a"), 405, "MethodNotAllowed");
    }

    [Theory]
    [InlineData("bytes=2-4", 206, "234", "bytes 2-4/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=5-99", 206, "56789", "bytes 5-9/10")]
    [InlineData("bytes=10-", 416, null, null)]
    [InlineData("lines=1-2", 200, "0123456789", null)]
    public async Task Get_WithARange_GivesIt(string range, int status, string? body, string? contentRange)
    {
        await SendAsync("PUT", "/reports/a", "0123456789");
        Reply get = await SendAsync("GET", "/reports/a", null, ("range", range));
        Assert.Equal((status, contentRange), (get.Status, get.Headers.GetValueOrDefault("Content-Range")));
        if (body is null)
        {
            AssertError(get, 416, "InvalidRange");
        }
        else
        {
            Assert.Equal(body, get.Body);
        }
    }

    [Fact]
    public async Task Conditions_OnPutAndGet_Hold()
    {
        Assert.Equal(200, (await SendAsync("PUT", "/reports/a", "one", ("if-none-match", "*"))).Status);
        AssertError(await SendAsync("PUT", "/reports/a", "two", ("if-none-match", "*")), 412, "PreconditionFailed");
        Assert.Equal("one", (await SendAsync("GET", "/reports/a")).Body);
        AssertError(await SendAsync("PUT", "/reports/a", "two", ("if-match", "\"00\"")), 412, "PreconditionFailed");
        Assert.Equal(200, (await SendAsync("PUT", "/reports/a", "two", ("if-match", $"\"{Md5("one")}\""))).Status);
        AssertError(await SendAsync("PUT", "/reports/a", "two", ("if-none-match", "\"x\"")), 501, "NotImplemented");
        Assert.Equal(304, (await SendAsync("GET", "/reports/a", null, ("if-none-match", $"\"{Md5("two")}\""))).Status);
        AssertError(await SendAsync("GET", "/reports/a", null, ("if-match", $"\"{Md5("one")}\"")), 412, "PreconditionFailed");
    }

    [Fact]
    public async Task Checksums_WrongOrMalformed_AreRefused()
    {
        string right = Convert.ToBase64String(SHA256.HashData("body"u8));
        string other = Convert.ToBase64String(SHA256.HashData("else"u8));
        Assert.Equal(right, (await SendAsync("PUT", "/reports/a", "body", ("x-amz-checksum-sha256", right))).Headers["x-amz-checksum-sha256"]);
        AssertError(await SendAsync("PUT", "/reports/b", "body", ("x-amz-checksum-sha256", other)), 400, "BadDigest");
        AssertError(await SendAsync("PUT", "/reports/b", "body", ("x-amz-checksum-sha256", "short")), 400, "InvalidRequest");
        AssertError(await SendAsync("PUT", "/reports/b", "body", ("content-md5", "short")), 400, "InvalidDigest");
        AssertError(await SendAsync("PUT", "/reports/b", "body", ("content-md5", Convert.ToBase64String(new byte[16]))), 400, "BadDigest");
        AssertError(await SendAsync("PUT", "/reports/b", "body", ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=")), 501, "NotImplemented");
        Assert.Equal(["a"], _server.Keys("reports"));
        Assert.Equal(right, (await SendAsync("HEAD", "/reports/a", null, ("x-amz-checksum-mode", "ENABLED"))).Headers["x-amz-checksum-sha256"]);
    }

    [Fact]
    public async Task Signatures_WrongInOneThing_AreRefusedWithItsCode()
    {
        AssertError(await Wire.GetAsync(_server.HttpAddress, "/reports/a"), 403, "AccessDenied");
        AssertError(await (Signed with { Credentials = _keys with { SecretAccessKey = "wrong" } }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 403, "SignatureDoesNotMatch");
        AssertError(await (Signed with { Credentials = _keys with { AccessKeyId = "nobody" } }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 403, "InvalidAccessKeyId");
        AssertError(await (Signed with { Credentials = _keys with { SessionToken = "token" } }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 400, "InvalidToken");
        AssertError(await (Signed with { Region = "us-east-1" }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 400, "AuthorizationHeaderMalformed");
        AssertError(await (Signed with { Service = "ec2" }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 400, "AuthorizationHeaderMalformed");
        AssertError(await (Signed with { ScopeDate = "20260228" }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 400, "AuthorizationHeaderMalformed");
        AssertError(await (Signed with { SignedBody = "else" }).SendAsync(_server.HttpAddress, "PUT", "/reports/a", "body"), 400, "XAmzContentSHA256Mismatch");
        AssertError(await (Signed with { Unsigned = ("x-amz-acl", "public-read") }).SendAsync(_server.HttpAddress, "PUT", "/reports/a", "body"), 403, "AccessDenied");
        AssertError(await (Signed with { At = _time.GetUtcNow().AddMinutes(15.1) }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 403, "RequestTimeTooSkewed");
        AssertError(await (Signed with { At = _time.GetUtcNow().AddMinutes(-15.1) }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 403, "RequestTimeTooSkewed");
        AwsCredentials temporary = _account.CreateSessionKeys(TimeSpan.FromHours(1));
        AssertError(await (Signed with { Credentials = temporary }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 404, "NoSuchKey");
        _time.Advance(TimeSpan.FromHours(1));
        AssertError(await (Signed with { Credentials = temporary }).SendAsync(_server.HttpAddress, "GET", "/reports/a"), 400, "ExpiredToken");
        Assert.Empty(_server.Keys("reports"));
    }

    [Fact]
    public async Task Permissions_Denied_AreAccessDeniedAndHideWhatIsMissing()
    {
        _account.Deny(_keys, "s3:ListBucket");
        AssertError(await SendAsync("GET", "/reports/missing"), 403, "AccessDenied");
        AssertError(await SendAsync("GET", "/reports?list-type=2"), 403, "AccessDenied");
        Assert.Equal(200, (await SendAsync("PUT", "/reports/a", "x")).Status);
    }

    [Fact]
    public async Task List_InPages_ContinuesWithItsToken()
    {
        foreach (string key in new[] { "b/2", "a", "b/1", "b/3", "c" })
        {
            await SendAsync("PUT", $"/reports/{key}", "xy");
        }

        XElement first = XElement.Parse((await SendAsync("GET", "/reports?list-type=2&max-keys=2&prefix=b%2F")).Body);
        Assert.Equal(("b/1 b/2", "true", "2"), (string.Join(' ', Keys(first)), Value(first, "IsTruncated"), Value(first, "KeyCount")));
        string token = Uri.EscapeDataString(Value(first, "NextContinuationToken"));
        XElement second = XElement.Parse((await SendAsync("GET", $"/reports?continuation-token={token}&list-type=2&max-keys=2&prefix=b%2F")).Body);
        Assert.Equal(("b/3", "false"), (string.Join(' ', Keys(second)), Value(second, "IsTruncated")));
        Assert.Equal(["c"], Keys(XElement.Parse((await SendAsync("GET", "/reports?list-type=2&start-after=b%2F3")).Body)));
        AssertError(await SendAsync("GET", "/reports?continuation-token=%21&list-type=2"), 400, "InvalidArgument");
    }

    [Fact]
    public async Task Parts_PutAndCompleted_AreOneObject()
    {
        string id = await BeginAsync();
        string large = new('x', 5 << 20);
        string one = (await SendAsync("PUT", $"/reports/big?partNumber=1&uploadId={id}", large)).Headers["ETag"];
        string two = (await SendAsync("PUT", $"/reports/big?partNumber=2&uploadId={id}", "tail")).Headers["ETag"];
        AssertError(await SendAsync("POST", $"/reports/big?uploadId={id}", List((2, two), (1, one))), 400, "InvalidPartOrder");
        AssertError(await SendAsync("POST", $"/reports/big?uploadId={id}", List((1, two), (2, two))), 400, "InvalidPart");
        AssertError(await SendAsync("POST", $"/reports/big?uploadId={id}", "<nothing"), 400, "MalformedXML");
        AssertError(await SendAsync("PUT", $"/reports/big?partNumber=0&uploadId={id}", "x"), 400, "InvalidArgument");
        Assert.Equal(200, (await SendAsync("POST", $"/reports/big?uploadId={id}", List((1, one), (2, two)), ("if-none-match", "*"))).Status);
        Assert.EndsWith("-2\"", (await SendAsync("HEAD", "/reports/big")).Headers["ETag"], StringComparison.Ordinal);
        Assert.Equal(large + "tail", Encoding.ASCII.GetString(_server.Content("reports", "big")));
        AssertError(await SendAsync("POST", $"/reports/big?uploadId={id}", List((1, one), (2, two))), 404, "NoSuchUpload");

        string again = await BeginAsync();
        string third = (await SendAsync("PUT", $"/reports/big?partNumber=1&uploadId={again}", "x")).Headers["ETag"];
        AssertError(await SendAsync("POST", $"/reports/big?uploadId={again}", List((1, third)), ("if-none-match", "*")), 412, "PreconditionFailed");
        await SendAsync("PUT", $"/reports/big?partNumber=2&uploadId={again}", "x");
        AssertError(await SendAsync("POST", $"/reports/big?uploadId={again}", List((1, third), (2, third))), 400, "EntityTooSmall");
        Assert.Contains(again, (await SendAsync("GET", "/reports?uploads")).Body, StringComparison.Ordinal);
        Assert.Equal(204, (await SendAsync("DELETE", $"/reports/big?uploadId={again}")).Status);
        AssertError(await SendAsync("DELETE", $"/reports/big?uploadId={again}"), 404, "NoSuchUpload");
        Assert.Equal(0, _server.OpenUploads);
    }

    [Fact]
    public async Task Address_ByHostName_IsTheSameBucket()
    {
        await SendAsync("PUT", "/reports/a", "x");
        Assert.Equal("x", (await (Signed with { Host = $"reports.{S3Server.Domain}" }).SendAsync(_server.HttpAddress, "GET", "/a")).Body);
    }

    [Fact]
    public async Task Faults_OnDemand_AreTheDocumentedAnswers()
    {
        _server.Faults.Next(new Fault.Throttle(TimeSpan.FromSeconds(7)));
        Reply slow = await SendAsync("GET", "/reports/a");
        AssertError(slow, 503, "SlowDown");
        Assert.Equal("7", slow.Headers["Retry-After"]);
        _server.Faults.Next(new Fault.ServerError());
        AssertError(await SendAsync("GET", "/reports/a"), 500, "InternalError");
        _server.Faults.Next(new Fault.Lost(), method: "PUT");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync("PUT", "/reports/lost", "x"));
        Assert.Equal(["lost"], _server.Keys("reports"));
        _server.Faults.Next(new Fault.CutUpload(1), method: "PUT");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync("PUT", "/reports/cut", "x"));
        Assert.Equal(["lost"], _server.Keys("reports"));
    }

    private static string List(params (int Number, string ETag)[] parts) =>
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + string.Concat(parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"<Part><PartNumber>{part.Number}</PartNumber><ETag>{part.ETag}</ETag></Part>")))
        + "</CompleteMultipartUpload>";

    private static void AssertError(Reply reply, int status, string code)
    {
        XElement error = XElement.Parse(reply.Body);
        Assert.Equal((status, "Error", code), (reply.Status, error.Name.LocalName, error.Element("Code")?.Value));
        Assert.NotEmpty(error.Element("Message")!.Value);
    }

    private static string[] Keys(XElement list) => [.. list.Elements().Where(element => element.Name.LocalName == "Contents").Select(element => Value(element, "Key"))];

    private static string Value(XElement parent, string name) => parent.Elements().Single(element => element.Name.LocalName == name).Value;

    private static string Md5(string text)
    {
#pragma warning disable CA5351 // the service's ETag is MD5
        return Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(text)));
#pragma warning restore CA5351
    }

    private async Task<string> BeginAsync() => Value(XElement.Parse((await SendAsync("POST", "/reports/big?uploads")).Body), "UploadId");

    private Task<Reply> SendAsync(string method, string target, string? body = null, params (string Name, string Value)[] headers) =>
        Signed.SendAsync(_server.HttpAddress, method, target, body, headers);
}
