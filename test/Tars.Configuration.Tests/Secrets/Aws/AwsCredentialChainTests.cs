using System.Globalization;
using Tars.Configuration.Secrets.Aws;
using Tars.Configuration.Secrets.Http;
using Tars.Configuration.Tests.Secrets.Http;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Secrets.Aws;

/// <summary>Where credentials come from, in the documented order, and what each source refuses.</summary>
public sealed class AwsCredentialChainTests : IDisposable
{
    // The form of the container and instance endpoints (ECS Developer Guide, "Task IAM role"; EC2 User Guide, "Retrieve security credentials").
    private const string Json = """
        {"Code":"Success","LastUpdated":"2012-04-26T16:39:16Z","Type":"AWS-HMAC","AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"key","Token":"token","Expiration":"2037-05-17T15:09:54Z"}
        """;

    // STS API Reference, AssumeRoleWithWebIdentity, example response, shortened.
    private const string Xml = """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
        <SubjectFromWebIdentityToken>amzn1.account.AF6RHO7KZU5XRVQJGXK6HB56KR2A</SubjectFromWebIdentityToken><Audience>client.5498841531868486423.1548@apps.example.com</Audience>
        <Credentials><SessionToken>AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE</SessionToken><SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
        <Expiration>2037-10-24T23:00:23Z</Expiration><AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
        """;

    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _environment = new()
    {
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_METADATA_SERVICE_TIMEOUT"] = "30",
        ["AWS_REGION"] = "eu-central-1",
    };
    private readonly AwsSecretsOptions _options = new();

    public AwsCredentialChainTests() => _environment["HOME"] = _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FindAsync_Environment_ComesFirst()
    {
        Keys();
        Credentials("[default]\naws_access_key_id=FROMFILE\naws_secret_access_key=x\n");
        Assert.Equal(("AKIDEXAMPLE", "key", null, "the environment"), await FindAsync());
    }

    [Theory]
    [InlineData("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not; set both")]
    [InlineData("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not; set both")]
    public async Task FindAsync_HalfOfAKey_IsRefused(string variable, string reason)
    {
        _environment[variable] = "canary";
        Assert.Equal(reason, await RefuseAsync());
    }

    // Shared config and credentials files: comments, white space, sub-settings, a value with "=", quotes that belong to it.
    [Fact]
    public async Task FindAsync_CredentialsFile_IsReadByItsRules()
    {
        Credentials("""
            # comment
            [other]
            aws_access_key_id = OTHER

            [default]
            ; comment
            AWS_ACCESS_KEY_ID = AKFILE   # comment
            s3 =
              aws_secret_access_key = nested
            aws_secret_access_key=a+b/c==#d
            aws_session_token = token

            """);
        Assert.Equal(("AKFILE", "a+b/c==#d", "token", "the AWS profile default"), await FindAsync());
    }

    [Fact]
    public async Task FindAsync_BothFiles_CredentialsFileWins()
    {
        Config("[default]\naws_access_key_id=CONFIG\naws_secret_access_key=from config\n[profile prod]\naws_access_key_id=PROD\naws_secret_access_key=prod key\n");
        Assert.Equal(("CONFIG", "from config", null, "the AWS profile default"), await FindAsync());
        Credentials("[default]\naws_access_key_id=CREDS\naws_secret_access_key=from credentials\n");
        Assert.Equal(("CREDS", "from credentials", null, "the AWS profile default"), await FindAsync());
        _environment["AWS_PROFILE"] = "prod";
        Assert.Equal(("PROD", "prod key", null, "the AWS profile prod"), await FindAsync());
    }

    [Fact]
    public async Task FindAsync_ProfileOption_IsUsedAlone()
    {
        Keys();
        Credentials("[prod]\naws_access_key_id=PROD\naws_secret_access_key=k\n[empty]\nregion=x\n");
        _options.Profile = "prod";
        Assert.Equal(("PROD", "k", null, "the AWS profile prod"), await FindAsync());
        _options.Profile = "empty";
        Assert.StartsWith("the AWS profile empty (secrets.aws_profile) has no credentials", await RefuseAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_NamedProfileIsNotThere_IsRefused()
    {
        Credentials("[default]\naws_access_key_id=A\naws_secret_access_key=k\n");
        _environment["AWS_PROFILE"] = "missing";
        Assert.StartsWith("there is no AWS profile missing in ", await RefuseAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sso_session = my-sso", "sso_session")]
    [InlineData("sso_start_url = https://example.awsapps.com/start", "sso_start_url")]
    [InlineData("credential_process = /bin/echo canary", "credential_process")]
    [InlineData("role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base", "source_profile")]
    [InlineData("role_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Ec2InstanceMetadata", "credential_source")]
    public async Task FindAsync_UnsupportedProfile_SaysWhatItUses(string lines, string key)
    {
        Config($"[default]\n{lines}\n");
        Assert.StartsWith($"the AWS profile default uses {key}, which is not supported", await RefuseAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_WebIdentity_ExchangesTheTokenOfTheFileAsItIsThen()
    {
        await using ScriptedHttp sts = new(new ScriptedAnswer(200, Xml));
        string file = _folder.WriteText("token", "first\n");
        _environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = file;
        _environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/tars";
        _environment["AWS_ENDPOINT_URL_STS"] = sts.Address.AbsoluteUri;

        Assert.Equal(
            ("ASgeIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY", "AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE", "arn:aws:iam::123456789012:role/tars"),
            await FindAsync());
        _folder.WriteText("token", "second");
        await FindAsync();

        ScriptedRequest request = sts.Requests[0];
        Assert.Equal(
            ("POST", "AssumeRoleWithWebIdentity", "2011-06-15", "arn:aws:iam::123456789012:role/tars", "tars", "first", null),
            (request.Method, request.Field("Action"), request.Field("Version"), request.Field("RoleArn"), request.Field("RoleSessionName"), request.Field("WebIdentityToken"), request.Header("Authorization")));
        Assert.Equal("second", sts.Requests[1].Field("WebIdentityToken"));
    }

    [Fact]
    public async Task FindAsync_ProfileWithWebIdentity_ComesBeforeTheEnvironments()
    {
        await using ScriptedHttp sts = new(new ScriptedAnswer(200, Xml));
        string file = _folder.WriteText("token", "t");
        Config($"[default]\nrole_arn = arn:aws:iam::123456789012:role/profile\nweb_identity_token_file = {file}\nrole_session_name = s\n");
        _environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/nonexistent";
        _environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/environment";
        _options.StsEndpointUrl = sts.Address.AbsoluteUri;

        Assert.Equal("arn:aws:iam::123456789012:role/profile", (await FindAsync()).Source);
        Assert.Equal("s", sts.Requests[0].Field("RoleSessionName"));
    }

    [Theory]
    [InlineData(400, "ExpiredTokenException", "it has expired; whoever writes the file has to renew it")]
    [InlineData(400, "InvalidIdentityToken", "its issuer is not the identity provider that AWS knows, or its signature is wrong")]
    [InlineData(403, "AccessDenied", "the role's trust policy does not admit it")]
    public async Task FindAsync_StsRefuses_SaysWhyWithoutTheToken(int status, string code, string expected)
    {
        await using ScriptedHttp sts = new(new ScriptedAnswer(
            status, $"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code><Message>canary</Message></Error></ErrorResponse>"""));
        _environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = _folder.WriteText("token", "canary");
        _environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/tars";
        _options.StsEndpointUrl = sts.Address.AbsoluteUri;

        string reason = await RefuseAsync();

        Assert.EndsWith(expected, reason, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("""<!DOCTYPE a [<!ENTITY x "y">]><Credentials><AccessKeyId>&x;</AccessKeyId></Credentials>""")]
    [InlineData("<Credentials><AccessKeyId>A</AccessKeyId></Credentials>")]
    [InlineData("{}")]
    public async Task FindAsync_StsAnswersSomethingElse_IsUnreachable(string body)
    {
        await using ScriptedHttp sts = new(new ScriptedAnswer(200, body));
        _environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = _folder.WriteText("token", "t");
        _environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/tars";
        _options.StsEndpointUrl = sts.Address.AbsoluteUri;

        SecretBackendException failure = await Assert.ThrowsAsync<SecretBackendException>(FindAsync);

        Assert.Equal((false, $"{sts.Address} answered 200 with something other than the credentials of AssumeRoleWithWebIdentity"), (failure.IsRefusal, failure.Message));
    }

    [Fact]
    public async Task FindAsync_Container_SendsTheTokenOfTheFileBeforeTheVariables()
    {
        await using ScriptedHttp agent = new(new ScriptedAnswer(200, Json));
        _environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = $"{agent.Address}v1/credentials";
        Assert.Equal(("ASIAEXAMPLE", "key", "token", "the container's role"), await FindAsync());
        _environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "of the variable";
        await FindAsync();
        _environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = _folder.WriteText("token", "of the file\n");
        await FindAsync();

        Assert.Equal([null, "of the variable", "of the file"], agent.Requests.Select(request => request.Header("Authorization")));
        Assert.All(agent.Requests, request => Assert.Equal(("GET", "/v1/credentials"), (request.Method, request.Target)));
    }

    [Theory]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/credentials")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.169.254/credentials")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://10.0.0.1/credentials")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "ftp://127.0.0.1/")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@example.com/")]
    public async Task FindAsync_ContainerHostThatIsNotAllowed_IsRefused(string variable, string value)
    {
        _environment[variable] = value;
        Assert.StartsWith(variable, await RefuseAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_Instance_OpensASessionFirst()
    {
        await using ScriptedHttp metadata = new(request => (request.Method, request.Target, request.Header("X-aws-ec2-metadata-token")) switch
        {
            ("PUT", "/latest/api/token", null) when request.Header("X-aws-ec2-metadata-token-ttl-seconds") == "21600" => new ScriptedAnswer(200, "session"),
            ("GET", "/latest/meta-data/iam/security-credentials/", "session") => new ScriptedAnswer(200, "my-role"),
            ("GET", "/latest/meta-data/iam/security-credentials/my-role", "session") => new ScriptedAnswer(200, Json),
            _ => new ScriptedAnswer(401, ""),
        });
        Metadata(metadata);
        Assert.Equal(("ASIAEXAMPLE", "key", "token", "the instance's role"), await FindAsync());
    }

    [Theory]
    [InlineData(403)]
    [InlineData(405)]
    public async Task FindAsync_InstanceWithoutSessions_IsRefusedAndNeverAskedTheOldWay(int status)
    {
        await using ScriptedHttp metadata = new(request => request.Method == "PUT" ? new ScriptedAnswer(status, "") : new ScriptedAnswer(200, Json));
        Metadata(metadata);
        Assert.Contains("is instance metadata version 2 on", await RefuseAsync(), StringComparison.Ordinal);
        Assert.All(metadata.Requests, request => Assert.Equal("PUT", request.Method));
    }

    [Fact]
    public async Task FindAsync_NothingAnywhere_SaysWhereItLooked() =>
        Assert.StartsWith("no AWS credentials: not in the environment, not in the profile default, no web identity, no container, no instance metadata", await RefuseAsync(), StringComparison.Ordinal);

    [Fact]
    public async Task GetAsync_CredentialsNearTheirEnd_AreRenewedBefore()
    {
        int asked = 0;
        await using ScriptedHttp agent = new(_ => new ScriptedAnswer(200, Json
            .Replace("ASIAEXAMPLE", $"KEY{++asked}", StringComparison.Ordinal)
            .Replace("2037-05-17T15:09:54Z", TimeProvider.System.GetUtcNow().AddHours(asked).ToString("O", CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        _environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = agent.Address.AbsoluteUri;
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        using SecretConnection connection = new(Patience.Short(), TimeProvider.System);
        using RenewedCredential<AwsCredentials> kept = new(new AwsCredentialChain(new AwsSurroundings(_options, _environment), connection, clock).FindAsync, clock);

        Assert.Equal("KEY1", await IdAsync(kept));
        clock.Advance(TimeSpan.FromMinutes(54));
        Assert.Equal("KEY1", await IdAsync(kept));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("KEY2", await IdAsync(kept));
    }

    private static async Task<string> IdAsync(RenewedCredential<AwsCredentials> kept)
    {
        using AwsCredentials credentials = await kept.GetAsync(TestContext.Current.CancellationToken);
        return credentials.AccessKeyId;
    }

    private void Keys()
    {
        _environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        _environment["AWS_SECRET_ACCESS_KEY"] = "key";
    }
    private void Credentials(string text) => _folder.WriteText(Path.Combine(".aws", "credentials"), text);
    private void Config(string text) => _folder.WriteText(Path.Combine(".aws", "config"), text);

    private void Metadata(ScriptedHttp metadata)
    {
        _environment.Remove("AWS_EC2_METADATA_DISABLED");
        _environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.Address.AbsoluteUri;
    }

    private async Task<(string Id, string Key, string? Token, string Source)> FindAsync()
    {
        using SecretConnection connection = new(Patience.Short(), TimeProvider.System);
        using AwsCredentials found = await new AwsCredentialChain(new AwsSurroundings(_options, _environment), connection, TimeProvider.System)
            .FindAsync(TestContext.Current.CancellationToken);
        return (found.AccessKeyId, found.SecretAccessKey.Reveal(), found.SessionToken?.Reveal(), found.Source);
    }

    private async Task<string> RefuseAsync()
    {
        SecretBackendException refusal = await Assert.ThrowsAsync<SecretBackendException>(FindAsync);
        Assert.True(refusal.IsRefusal);
        return refusal.Message;
    }
}
