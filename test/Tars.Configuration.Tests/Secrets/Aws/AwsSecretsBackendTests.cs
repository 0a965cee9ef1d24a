using System.Globalization;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Aws;
using Tars.Configuration.Tests.Secrets.Http;

namespace Tars.Configuration.Tests.Secrets.Aws;

/// <summary>What is asked and how each documented answer is taken (AWS Secrets Manager API Reference, GetSecretValue and Common Errors).</summary>
public sealed class AwsSecretsBackendTests
{
    // The response of the API reference's example, with another secret.
    private const string Value = """
        {"ARN":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:tars/prod/config-a1b2c3","CreatedDate":1.523477145713E9,
         "Name":"tars/prod/config","SecretString":"{\"jwt_secret\":\"s3cr\\u00e4t\",\"port\":5432}","VersionId":"EXAMPLE1-90ab-cdef-fedc-ba987SECRET1",
         "VersionStages":["AWSCURRENT"]}
        """;

    private static readonly Dictionary<string, string> Keys = new()
    {
        ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE",
        ["AWS_SECRET_ACCESS_KEY"] = "canary-key",
        ["AWS_SESSION_TOKEN"] = "canary-token",
        ["HOME"] = "/nonexistent",
    };

    [Fact]
    public async Task FindAsync_PlainName_IsAFieldOfTheConfiguredSecret()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, Value));

        SecretAnswer answer = await FindAsync(server, "jwt_secret");

        Assert.Equal("aws eu-central-1 tars/prod/config version EXAMPLE1-90ab-cdef-fedc-ba987SECRET1#jwt_secret", Assert.IsType<SecretAnswer.Found>(answer).Place);
        Assert.Equal("s3crät", answer.Found());
        ScriptedRequest request = Assert.Single(server.Requests);
        Assert.Equal(
            ("POST", "/", "secretsmanager.GetSecretValue", "application/x-amz-json-1.1", "canary-token", """{"SecretId":"tars/prod/config"}"""),
            (request.Method, request.Target, request.Header("X-Amz-Target"), request.Header("Content-Type"), request.Header("X-Amz-Security-Token"), request.Body));
        Assert.Matches(
            "^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/[0-9]{8}/eu-central-1/secretsmanager/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$",
            request.Header("Authorization"));
    }

    [Theory]
    [InlineData("port", "5432")]
    [InlineData("tars/prod/config#jwt_secret", "s3crät")]
    [InlineData("tars/prod/config", """{"jwt_secret":"s3cr\u00e4t","port":5432}""")]
    public async Task FindAsync_OtherNames_AreFieldsOrWholeSecrets(string name, string expected)
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, Value));
        Assert.Equal(expected, (await FindAsync(server, name)).Found());
    }

    [Fact]
    public async Task FindAsync_Binary_IsItsBytes()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, """{"Name":"key","SecretBinary":"AAH/gA==","VersionId":"v"}"""));
        Assert.Equal([0, 1, 255, 128], Assert.IsType<SecretAnswer.Found>(await FindAsync(server, "a/key")).Value.Bytes.ToArray());
    }

    [Fact]
    public async Task FindAsync_VersionOptions_AreSent()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, Value));
        await FindAsync(server, "port", options => options.VersionStage = "AWSPREVIOUS");
        await FindAsync(server, "port", options => options.VersionId = "v-1");
        Assert.Equal(
            ["""{"SecretId":"tars/prod/config","VersionStage":"AWSPREVIOUS"}""", """{"SecretId":"tars/prod/config","VersionId":"v-1"}"""],
            server.Requests.Select(request => request.Body));
    }

    [Theory]
    [InlineData("ResourceNotFoundException")]
    [InlineData("com.amazonaws.secretsmanager#ResourceNotFoundException")]
    public async Task FindAsync_NoSuchSecret_IsAbsent(string type)
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(400, $$"""{"__type":"{{type}}","Message":"Secrets Manager can't find the specified secret."}"""));
        Assert.Equal(new SecretAnswer.Absent("aws eu-central-1 other/secret"), await FindAsync(server, "other/secret"));
    }

    [Fact]
    public async Task FindAsync_NoSuchField_IsAbsent()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, Value));
        Assert.EndsWith("#missing", Assert.IsType<SecretAnswer.Absent>(await FindAsync(server, "missing")).Place, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccessDeniedException", "AWS refuses (AccessDeniedException): the credentials of the environment lack secretsmanager:GetSecretValue for it")]
    [InlineData("DecryptionFailure", "AWS refuses (DecryptionFailure): the secret's KMS key cannot be used")]
    [InlineData("InvalidRequestException", "AWS refuses (InvalidRequestException): the secret is marked for deletion")]
    [InlineData("ExpiredTokenException", "AWS refuses (ExpiredTokenException): the session of the environment has expired")]
    [InlineData("UnrecognizedClientException", "AWS refuses (UnrecognizedClientException): it does not know the access key of the environment")]
    [InlineData("InvalidSignatureException", "AWS refuses (InvalidSignatureException): the signature made with the environment is not right")]
    [InlineData("canary-key", "AWS answered 400")]
    public async Task FindAsync_Refusal_SaysWhyAndNothingThatWasSent(string code, string expected)
    {
        string echo = "The Canonical String should have been 'x-amz-security-token:canary-token'";
        await using ScriptedHttp server = new(new ScriptedAnswer(400, $$"""{"__type":"{{code}}","message":"{{echo}}"}"""));

        SecretAnswer answer = await FindAsync(server, "port");

        Assert.StartsWith(expected, answer.Refused(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_OtherRegion_IsExplained()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(
            400, """{"__type":"InvalidSignatureException","message":"Credential should be scoped to a valid region, not 'eu-central-1'. "}"""));
        Assert.Equal(
            "AWS refuses (InvalidSignatureException): the endpoint belongs to another region than eu-central-1; set secrets.aws_region to the endpoint's",
            (await FindAsync(server, "port")).Refused());
    }

    [Theory]
    [InlineData(25, "this machine's clock is 25 minutes ahead of the server's: set the clock")]
    [InlineData(-25, "this machine's clock is 25 minutes behind the server's: set the clock")]
    public async Task FindAsync_WrongClock_IsExplained(int minutes, string expected)
    {
        await using ScriptedHttp server = new(_ => new ScriptedAnswer(
            400, """{"__type":"InvalidSignatureException","message":"Signature expired: 20261127T040000Z is now earlier than 20261127T042500Z"}""",
            $"Date: {TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture)}"));
        using AwsSecretsBackend backend = Backend(server, new WrongClock(TimeSpan.FromMinutes(minutes)));

        Assert.EndsWith(expected, (await backend.FindAsync("port", TestContext.Current.CancellationToken)).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_Throttled_IsAskedAgainAndSignedAnew()
    {
        ScriptedAnswer throttled = new(400, """{"__type":"ThrottlingException","message":"Rate exceeded"}""");
        await using ScriptedHttp server = new(throttled, throttled, new ScriptedAnswer(200, Value));
        Assert.Equal("5432", (await FindAsync(server, "port")).Found());
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task FindAsync_ThrottlingThatDoesNotEnd_IsUnreachable()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(400, """{"__type":"ThrottlingException"}"""));
        Assert.Contains("answered 400, as after 2 earlier attempts", (await FindAsync(server, "port")).Unreachable(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>canary</html>")]
    [InlineData("{}")]
    [InlineData("""{"VersionId":"v"}""")]
    [InlineData("""{"SecretString":"canary"}""")]
    [InlineData("""{"VersionId":"v","SecretString":12}""")]
    [InlineData("""{"VersionId":"v","SecretString":"canary","SecretString":"canary"}""")]
    [InlineData("""{"VersionId":"v","SecretBinary":"no base64!"}""")]
    [InlineData("""{"VersionId":"v","SecretString":"canary" """)]
    public async Task FindAsync_MalformedAnswer_IsUnreachableWithThePlaceAndNothingOfIt(string body)
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, body));
        string reason = (await FindAsync(server, "a/secret")).Unreachable();
        Assert.Equal($"{server.Address} answered 200 with something other than a secret's value as JSON", reason);
    }

    [Fact]
    public async Task FindAsync_RotatedInTheStore_IsTheNewValueNextTime()
    {
        await using ScriptedHttp server = new(
            new ScriptedAnswer(200, """{"VersionId":"v1","SecretString":"old"}"""), new ScriptedAnswer(200, """{"VersionId":"v2","SecretString":"new"}"""));
        using AwsSecretsBackend backend = Backend(server, TimeProvider.System);
        Assert.Equal("old", (await backend.FindAsync("a/secret", TestContext.Current.CancellationToken)).Found());
        Assert.Equal("new", (await backend.FindAsync("a/secret", TestContext.Current.CancellationToken)).Found());
    }

    [Theory]
    [InlineData("eu-central-1.example.com/")]
    [InlineData("EU")]
    [InlineData("a")]
    public async Task FindAsync_NoRegion_IsRefusedBeforeAnythingIsSent(string region)
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, Value));
        Assert.Equal("the AWS region is none; write one such as eu-central-1", (await FindAsync(server, "port", options => options.Region = region)).Refused());
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task FindAsync_PlainHttpElsewhere_IsRefused()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, Value));
        Assert.StartsWith(
            "secrets.aws_endpoint_url is http://secrets.example.com without TLS",
            (await FindAsync(server, "port", options => options.EndpointUrl = "http://secrets.example.com")).Refused(), StringComparison.Ordinal);
    }

    private static async Task<SecretAnswer> FindAsync(ScriptedHttp server, string name, Action<AwsSecretsOptions>? change = null)
    {
        using AwsSecretsBackend backend = Backend(server, TimeProvider.System, change);
        return await backend.FindAsync(name, TestContext.Current.CancellationToken);
    }

    private static AwsSecretsBackend Backend(ScriptedHttp server, TimeProvider time, Action<AwsSecretsOptions>? change = null)
    {
        AwsSecretsOptions options = new() { Region = "eu-central-1", SecretName = "tars/prod/config", EndpointUrl = server.Address.AbsoluteUri };
        change?.Invoke(options);
        return new AwsSecretsBackend(options, Keys, time, Patience.Short());
    }
}
