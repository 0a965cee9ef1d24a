using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Secrets;
using Tars.Configuration.Tests.Secrets.Http;

namespace Tars.Configuration.Tests.Secrets;

public sealed class CloudSettingsTests
{
    // The guide's examples for AWS and GCP (section 2.4.4 and 6.1.3), and Azure.
    [Theory]
    [InlineData("{backend: aws, aws_region: us-east-1, aws_secret_name: tars/prod/config}", "aws secrets manager tars/prod/config")]
    [InlineData("{backend: gcp, gcp_project: my-project, gcp_secret_name: tars-jwt-secret}", "gcp secret manager tars-jwt-secret")]
    [InlineData("{backend: azure, azure_vault_url: \"https://my-vault.vault.azure.net\"}", "azure key vault https://my-vault.vault.azure.net")]
    public async Task Create_Cloud_IsNamedByWhatItAsks(string section, string name)
    {
        await using CachedSecrets secrets = Create($"secrets: {section}", []);
        Assert.Equal(name, secrets.Name);
    }

    [Fact]
    public async Task Create_Aws_AsksWithTheSettings()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, """{"VersionId":"v","SecretString":"{\"jwt_secret\":\"x\"}"}"""));
        await using CachedSecrets secrets = new SecretBackendFactory(
            new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE", ["AWS_SECRET_ACCESS_KEY"] = "k" }, TimeProvider.System)
            .Create(Settings.Of($"secrets: {{backend: aws, aws_region: eu-west-1, aws_secret_name: c, aws_version_stage: AWSPREVIOUS, aws_endpoint_url: \"{server.Address}\"}}").Section("secrets"));

        Assert.Equal("x", (await secrets.FindAsync("jwt_secret", TestContext.Current.CancellationToken)).Found());

        ScriptedRequest request = Assert.Single(server.Requests);
        Assert.Equal("""{"SecretId":"c","VersionStage":"AWSPREVIOUS"}""", request.Body);
        Assert.Contains("/eu-west-1/secretsmanager/aws4_request", request.Header("Authorization"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{backend: azure}", "tars.yaml:1:10: secrets: azure_vault_url is missing; write the vault's address, such as https://my-vault.vault.azure.net")]
    [InlineData(
        "{backend: aws, aws_endpoint_url: \"http://secrets.example.com\"}",
        "tars.yaml:1:43: secrets.aws_endpoint_url: the address is http://secrets.example.com without TLS; write https:// (plain http is taken for this machine only)")]
    [InlineData(
        "{backend: aws, aws_version_stage: AWSPREVIOUS, aws_version_id: v}",
        "tars.yaml:1:44: secrets.aws_version_stage: names a version that aws_version_id names too; keep one")]
    [InlineData(
        "{backend: gcp, gcp_credentials_file: /nonexistent/key.json}",
        "tars.yaml:1:47: secrets.gcp_credentials_file: /nonexistent/key.json is not there; write the path of a service account's key file")]
    [InlineData(
        "{backend: azure, azure_vault_url: \"https://v.vault.azure.net\", azure_client_secret: x, azure_federated_token_file: /t}",
        "tars.yaml:1:94: secrets.azure_client_secret: is one login and azure_federated_token_file another; keep one")]
    public void Create_BadSection_IsRefusedWithPlaceAndWayOut(string section, string refusal) =>
        Assert.Contains(refusal, Assert.Throws<SettingsException>(() => Create($"secrets: {section}", [])).Problems.Select(problem => problem.ToString()));

    private static CachedSecrets Create(string yaml, Dictionary<string, string> environment) =>
        new SecretBackendFactory(environment, new FakeTimeProvider()).Create(Settings.Of(yaml).Section("secrets"));
}
