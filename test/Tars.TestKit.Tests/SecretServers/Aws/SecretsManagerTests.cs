using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers.Aws;

/// <summary>Answers and refusals as the Secrets Manager API reference and "Troubleshoot signed requests for AWS APIs" have them.</summary>
public sealed class SecretsManagerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private AwsAccount _account = null!;
    private AwsCredentials _user = null!;
    private SecretsManagerServer _server = null!;

    private HandSigned Signed => new(_user, _clock.GetUtcNow());

    public async ValueTask InitializeAsync()
    {
        _account = new AwsAccount(_clock);
        _user = _account.CreateUserKeys();
        _server = await SecretsManagerServer.StartAsync(_account, cancellationToken: Wire.Cancelled);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task GetSecretValue_ByNameOrArn_IsTheCurrentVersion()
    {
        string first = _server.Put("prod/db", "one");
        string second = _server.Put("prod/db", "two");
        string arn = _server.ArnOf("prod/db");
        foreach (string id in new[] { "prod/db", arn, arn[..^7] })
        {
            Reply reply = await GetAsync(id);
            Assert.Equal((200, "application/x-amz-json-1.1"), (reply.Status, reply.Headers["Content-Type"]));
            Assert.Equal(("two", second, arn, "prod/db"), ((string?)reply.Json["SecretString"], (string?)reply.Json["VersionId"], (string?)reply.Json["ARN"], (string?)reply.Json["Name"]));
            Assert.Equal(["AWSCURRENT"], reply.Json["VersionStages"]!.AsArray().Select(stage => (string?)stage));
            Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds(), (double)reply.Json["CreatedDate"]!);
        }

        Assert.Equal("one", (string?)(await GetAsync("prod/db", stage: "AWSPREVIOUS")).Json["SecretString"]);
        Assert.Equal("one", (string?)(await GetAsync("prod/db", first)).Json["SecretString"]);
        Assert.Equal("InvalidRequestException", await ErrorAsync("prod/db", first, "AWSCURRENT"));
    }

    [Fact]
    public async Task Rotation_PendingThenPromoted_MovesTheLabels()
    {
        string old = _server.Put("s", "old");
        string next = _server.PutPending("s", "new");
        Assert.Equal("old", (string?)(await GetAsync("s")).Json["SecretString"]);
        Assert.Equal("new", (string?)(await GetAsync("s", stage: "AWSPENDING")).Json["SecretString"]);
        _server.Promote("s", next);
        Assert.Equal(("new", "old"), ((string?)(await GetAsync("s")).Json["SecretString"], (string?)(await GetAsync("s", stage: "AWSPREVIOUS")).Json["SecretString"]));
        Assert.Equal("ResourceNotFoundException", await ErrorAsync("s", stage: "AWSPENDING"));
        _server.Put("s", "newer"); // the oldest has no label left
        Reply described = await (Signed with { Operation = "DescribeSecret" }).SendAsync(_server.HttpAddress, Body("s"));
        Assert.DoesNotContain(described.Json["VersionIdsToStages"]!.AsObject(), version => version.Key == old);
        HandSigned list = Signed with { Operation = "ListSecretVersionIds" };
        Assert.Equal(2, (await list.SendAsync(_server.HttpAddress, Body("s"))).Json["Versions"]!.AsArray().Count);
        Reply page = await list.SendAsync(_server.HttpAddress, "{\"SecretId\":\"s\",\"IncludeDeprecated\":true,\"MaxResults\":2}");
        Assert.Equal(2, page.Json["Versions"]!.AsArray().Count);
        Reply rest = await list.SendAsync(_server.HttpAddress, $"{{\"SecretId\":\"s\",\"IncludeDeprecated\":true,\"MaxResults\":2,\"NextToken\":\"{page.Json["NextToken"]}\"}}");
        Assert.Single(rest.Json["Versions"]!.AsArray());
        Assert.Null(rest.Json["NextToken"]);
    }

    [Fact]
    public async Task GetSecretValue_Binary_IsBase64()
    {
        _server.PutBinary("b", [0, 255, 16]);
        Reply reply = await GetAsync("b");
        Assert.Equal(("AP8Q", null), ((string?)reply.Json["SecretBinary"], reply.Json["SecretString"]));
    }

    [Fact]
    public async Task GetSecretValue_ThatCannotBe_SaysWhichError()
    {
        _server.Put("gone", "x");
        _server.Put("broken", "x");
        _server.ScheduleDeletion("gone");
        _server.BreakKey("broken");
        Assert.Equal("ResourceNotFoundException", await ErrorAsync("none"));
        Assert.Equal("ResourceNotFoundException", await ErrorAsync("broken", "00000000-0000-0000-0000-000000000000"));
        Assert.Equal("ValidationException", await ErrorAsync("broken", "short"));
        Assert.Equal("InvalidRequestException", await ErrorAsync("gone"));
        Assert.Equal("DecryptionFailure", await ErrorAsync("broken"));
        Assert.Equal("ValidationException", Type(await Signed.SendAsync(_server.HttpAddress, "{}")));
        Assert.Equal("SerializationException", Type(await Signed.SendAsync(_server.HttpAddress, "x")));
        _account.Deny(_user, "secretsmanager:GetSecretValue");
        Assert.Equal("AccessDeniedException", await ErrorAsync("broken"));
        Assert.Equal(200, (await (Signed with { Operation = "DescribeSecret" }).SendAsync(_server.HttpAddress, Body("gone"))).Status);
        Assert.Equal("UnknownOperationException", Type(await (Signed with { Operation = "DeleteSecret" }).SendAsync(_server.HttpAddress, Body("gone"))));
    }

    [Fact]
    public async Task Request_SignedWrong_IsRefusedForWhatIsWrong()
    {
        _server.Put("s", "value");
        Assert.Equal(200, (await GetAsync("s")).Status);
        await AssertRefusedAsync("valid region, not 'us-east-1'", Signed with { Region = "us-east-1" });
        await AssertRefusedAsync("correct service: 'secretsmanager'", Signed with { Service = "sts" });
        await AssertRefusedAsync("Date in Credential scope does not match", Signed with { ScopeDate = "20260228" });
        await AssertRefusedAsync("'Host' or ':authority' must be", Signed with { SignsHost = false });
        await AssertRefusedAsync("'x-amz-target' must be", Signed with { SignsTarget = false });
        await AssertRefusedAsync("does not match the signature you provided", Signed with { SignedBody = "{}" });
        await AssertRefusedAsync("does not match the signature you provided", new HandSigned(_user with { SecretAccessKey = "x" }, _clock.GetUtcNow()));
        await AssertRefusedAsync("Signature expired: 20260301T115459Z is now earlier than 20260301T115500Z (20260301T120000Z - 5 min.)", Signed with { At = _clock.GetUtcNow().AddSeconds(-301) });
        await AssertRefusedAsync("Signature not yet current", Signed with { At = _clock.GetUtcNow().AddSeconds(301) });
        Assert.Equal(200, (await (Signed with { At = _clock.GetUtcNow().AddMinutes(-5) }).SendAsync(_server.HttpAddress, Body("s"))).Status);
        Assert.Equal(200, (await (Signed with { At = _clock.GetUtcNow().AddMinutes(5) }).SendAsync(_server.HttpAddress, Body("s"))).Status);

        async Task AssertRefusedAsync(string part, HandSigned request)
        {
            Reply reply = await request.SendAsync(_server.HttpAddress, Body("s"));
            Assert.Equal((400, "InvalidSignatureException"), (reply.Status, Type(reply)));
            Assert.Contains(part, (string?)reply.Json["message"], StringComparison.Ordinal);
            Assert.DoesNotContain("value\"", reply.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Request_WithoutSignatureOrInAnotherForm_IsRefused()
    {
        _server.Put("s", "value");
        (string, string)[] head = [("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "secretsmanager.GetSecretValue"), ("X-Amz-Date", "20260301T120000Z")];
        Reply unsigned = await Wire.PostAsync(_server.HttpAddress, "/", Body("s"), head);
        Assert.Equal((403, "MissingAuthenticationTokenException"), (unsigned.Status, Type(unsigned)));
        Reply basic = await Wire.PostAsync(_server.HttpAddress, "/", Body("s"), [.. head, ("Authorization", "Basic eDp5")]);
        Assert.Equal((400, "IncompleteSignatureException"), (basic.Status, Type(basic)));
        Reply json = await Wire.PostAsync(_server.HttpAddress, "/", Body("s"), ("Content-Type", "application/json"), ("X-Amz-Target", "secretsmanager.GetSecretValue"));
        Assert.Equal("UnknownOperationException", Type(json));
    }

    [Fact]
    public async Task SessionKeys_TokenMissingUnsignedOrExpired_AreRefused()
    {
        _server.Put("s", "value");
        AwsCredentials session = _account.CreateSessionKeys(TimeSpan.FromMinutes(15));
        HandSigned signed = new(session, _clock.GetUtcNow());
        Assert.Equal(200, (await signed.SendAsync(_server.HttpAddress, Body("s"))).Status);
        Reply unsigned = await (signed with { SignsToken = false }).SendAsync(_server.HttpAddress, Body("s"));
        Assert.Equal("InvalidSignatureException", Type(unsigned));
        Assert.Contains("'x-amz-security-token' must be", (string?)unsigned.Json["message"], StringComparison.Ordinal);
        Assert.Equal("UnrecognizedClientException", Type(await (signed with { SignsToken = false, SendsToken = false }).SendAsync(_server.HttpAddress, Body("s"))));
        Assert.Equal("UnrecognizedClientException", Type(await new HandSigned(session with { SessionToken = "AAAA" }, _clock.GetUtcNow()).SendAsync(_server.HttpAddress, Body("s"))));
        _clock.Advance(TimeSpan.FromMinutes(15));
        Reply late = await new HandSigned(session, _clock.GetUtcNow()).SendAsync(_server.HttpAddress, Body("s"));
        Assert.Equal((400, "ExpiredTokenException"), (late.Status, Type(late)));
        _account.Delete(session);
        Assert.Equal("UnrecognizedClientException", Type(await new HandSigned(session, _clock.GetUtcNow()).SendAsync(_server.HttpAddress, Body("s"))));
    }

    [Fact]
    public async Task Faults_ThrottleAndError_AreInTheServicesForm()
    {
        _server.Put("s", "value");
        _server.Faults.Next(new Fault.Throttle());
        _server.Faults.Next(new Fault.ServerError());
        _server.Faults.Next(new Fault.ServerError(503));
        Reply throttled = await GetAsync("s");
        Assert.Equal((400, "ThrottlingException", false), (throttled.Status, Type(throttled), throttled.Headers.ContainsKey("Retry-After")));
        Reply failed = await GetAsync("s");
        Assert.Equal((500, "InternalServiceError"), (failed.Status, Type(failed)));
        Assert.Equal(503, (await GetAsync("s")).Status);
        Assert.Equal(200, (await GetAsync("s")).Status);
    }

    private static string? Type(Reply reply) => (string?)reply.Json["__type"];

    private static string Body(string id, string? version = null, string? stage = null)
    {
        JsonObject body = new() { ["SecretId"] = id };
        if (version is not null)
        {
            body["VersionId"] = version;
        }

        if (stage is not null)
        {
            body["VersionStage"] = stage;
        }

        return body.ToJsonString();
    }

    private Task<Reply> GetAsync(string id, string? version = null, string? stage = null) => Signed.SendAsync(_server.HttpAddress, Body(id, version, stage));

    private async Task<string?> ErrorAsync(string id, string? version = null, string? stage = null)
    {
        Reply reply = await GetAsync(id, version, stage);
        Assert.Equal(400, reply.Status);
        return Type(reply);
    }
}
