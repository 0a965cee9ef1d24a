using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Layers;
using Tars.Configuration.Secrets;
using Tars.Configuration.Tests.Secrets.Vault;
using Tars.TestKit.SecretServers.Vault;

namespace Tars.Configuration.Tests.Secrets;

public sealed class SecretBackendFactoryTests : IDisposable
{
    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Create_NothingWritten_AsksTheEnvironment()
    {
        await using CachedSecrets secrets = Create("{}", new() { ["TARS_SECRET_A"] = "x" });

        SecretAnswer answer = await secrets.FindAsync("a", TestContext.Current.CancellationToken);

        Assert.Equal("environment", secrets.Name);
        Assert.Equal("x", Assert.IsType<SecretAnswer.Found>(answer).Value.Reveal());
        Assert.InRange(((SecretAnswer.Found)answer).Lifetime!.Value, TimeSpan.FromMinutes(4.9), TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData("secrets: {chain: [env, env]}", "tars.yaml:1:18: secrets.chain: names a backend twice; keep one")]
    [InlineData("secrets: {backend: file}", "tars.yaml:1:20: secrets.backend: names file, but secrets_file_path is missing; write the file, or the folder of files, that holds the secrets")]
    [InlineData("secrets: {backend: vault, vault_token: x}", "tars.yaml:1:10: secrets.vault_url: is missing, for the backend vault with vault_auth token; write Vault's address, such as https://vault.example.com:8200")]
    [InlineData("secrets: {backend: vault, vault_url: 'https://v'}", "tars.yaml:1:10: secrets.vault_token: is missing, for the backend vault with vault_auth token; write it as ${NAME}, or vault_token_file")]
    [InlineData("secrets: {backend: vault, vault_url: 'https://v', vault_token: x, vault_token_file: y}", "tars.yaml:1:85: secrets.vault_token_file: is written beside vault_token; keep one")]
    [InlineData("secrets: {backend: vault, vault_url: 'https://v', vault_auth: approle, vault_role_id: x}", "tars.yaml:1:10: secrets.vault_secret_id: is missing, for the backend vault with vault_auth approle; write it as ${NAME}, or vault_secret_id_file")]
    [InlineData("secrets: {backend: vault, vault_url: 'https://v', vault_auth: kubernetes}", "tars.yaml:1:10: secrets.vault_role: is missing, for the backend vault with vault_auth kubernetes; write the role that Vault knows this service by")]
    [InlineData("secrets: {backend: vault, vault_url: 'https://v', vault_auth: jwt}", "tars.yaml:1:10: secrets.vault_jwt_file: is missing, for the backend vault with vault_auth jwt; write the file that holds the token to log in with")]
    [InlineData("secrets: {backend: vault, vault_url: 'https://v', vault_token: x, vault_client_key_file: k}", "tars.yaml:1:90: secrets.vault_client_key_file: is a key without certificate; write vault_client_cert_file as well")]
    public void Create_BadSection_IsRefusedWithPlaceAndWayOut(string yaml, string refusal) =>
        Assert.Contains(refusal, Assert.Throws<SettingsException>(() => Create(yaml, [])).Problems.Select(problem => problem.ToString()));

    [Fact]
    public void Create_SeveralMistakes_AreToldAtOnce() =>
        Assert.Equal(3, Assert.Throws<SettingsException>(() => Create("secrets: {chain: [file, vault]}", [])).Problems.Count);

    [Fact]
    public void Create_FilesThatAreNotThere_AreToldWithTheirKeys()
    {
        _settings.File("empty.pem", "no certificate");
        string[] refusals = [.. Assert.Throws<SettingsException>(() => Create(
            "secrets:\n  chain: [file, vault]\n  secrets_file_path: none\n  vault_url: https://v\n  vault_token: canary\n  vault_ca_file: empty.pem\n", [])).Problems.Select(problem => problem.ToString())];

        Assert.Collection(
            refusals,
            first => Assert.Matches("^tars.yaml:3:22: secrets.secrets_file_path: .*none is neither a file nor a folder; make it, or correct the path$", first),
            second => Assert.Matches("^tars.yaml:6:18: secrets.vault_ca_file: .*empty.pem cannot be read: certificates and keys are PEM files, keys without a passphrase$", second));
        Assert.DoesNotContain("canary", string.Join('\n', refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stop", false)]
    [InlineData("next", true)]
    public async Task Create_Chain_AsksInOrderAndGoesOnAsConfigured(string onUnreachable, bool isFound)
    {
        await using CachedSecrets secrets = Create(
            $"secrets: {{chain: [vault, env], on_unreachable: {onUnreachable}, vault_url: 'http://127.0.0.1:1', vault_token: x, retries: 0}}", new() { ["a"] = "from env" });

        SecretAnswer answer = await secrets.FindAsync("a", TestContext.Current.CancellationToken);

        Assert.Equal("vault http://127.0.0.1:1 secret/tars, then environment", secrets.Name);
        Assert.Equal(isFound, answer is SecretAnswer.Found);
        Assert.True(isFound || answer is SecretAnswer.Unreachable, answer.ToString());
    }

    [Fact]
    public async Task Create_FolderAndFile_AreTold()
    {
        _settings.File("one/a", "from a file").File("secrets.json", "{\"a\": \"from json\"}");
        foreach (string path in new[] { "one/a", "secrets.json" })
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Path.Combine(_settings.Folder, path), UnixFileMode.UserRead);
            }
        }

        await using CachedSecrets folder = Create($"secrets: {{backend: file, secrets_file_path: {_settings.Folder}/one}}", []);
        await using CachedSecrets document = Create($"secrets: {{backend: file, secrets_file_path: {_settings.Folder}/secrets.json}}", []);

        Assert.Equal("from a file", await folder.ValueAsync("a"));
        Assert.Equal("from json", await document.ValueAsync("a"));
    }

    // Every key of the section that Vault's client has, and the guide's own example with them.
    [Fact]
    public async Task Create_Vault_IsAskedAsTheSectionSays()
    {
        await using VaultBench bench = await VaultBench.StartAsync();
        AppRoleMount roles = bench.Server.EnableAppRole("apps/tars", "team");
        string role = roles.AddRole("tars", new VaultTokenSettings { Policies = ["reader"] });
        bench.Server.MountKeyValue("team/kv", 1).Put("prod/app", ("a", "x"));
        bench.Server.WritePolicy("reader", "team", new VaultRule("kv/*", "read"));
        _settings.File("ca.pem", bench.Server.AuthorityPem).File("secret-id", roles.NewSecretId(role));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(_settings.Folder, "secret-id"), UnixFileMode.UserRead);
        }

        await using CachedSecrets secrets = Create(
            $"""
            secrets:
              backend: vault
              vault_url: {bench.Server.HttpsAddress}
              vault_namespace: team
              vault_mount: kv
              vault_path: prod/app
              vault_kv_version: 1
              vault_auth: approle
              vault_auth_mount: apps/tars
              vault_role_id: {role}
              vault_secret_id_file: {_settings.Folder}/secret-id
              vault_ca_file: {_settings.Folder}/ca.pem
              timeout: 1m
            """,
            []);

        Assert.Equal("x", await secrets.ValueAsync("a"));
        Assert.Equal(["/v1/auth/apps/tars/login", "/v1/kv/prod/app"], bench.Server.Requests.Select(request => request.Path));
        Assert.All(bench.Server.Requests, request => Assert.True(request.IsTls));
    }

    private CachedSecrets Create(string yaml, Dictionary<string, string> environment)
    {
        LoadedSettings loaded = _settings.File("tars.yaml", yaml).Load();
        return new SecretBackendFactory(environment, new FakeTimeProvider()).Create(loaded.Section("secrets"));
    }
}
