using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.TestKit;
using Tars.TestKit.Canaries;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.SecretServers.Azure;
using Tars.TestKit.SecretServers.Gcp;
using Tars.TestKit.SecretServers.Vault;
using Xunit;

namespace Tars.Cli.Tests.Canaries;

/// <summary>One way to a secret store that holds canaries.</summary>
/// <param name="Section">The members of the configuration's section <c>secrets</c>.</param>
/// <param name="Environment">The variables that its login needs.</param>
internal sealed record SecretStore(string Section, IReadOnlyDictionary<string, string> Environment);

/// <summary>
/// The secret backends, each holding the same canaries: a bearer token, a header's value, a signing key and an encryption key. What logs in to
/// them is a canary too, and so is every token that they hand out. Started once for all tests.
/// </summary>
public sealed class SecretStores : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly List<ProtocolServer> _servers = [];
    private readonly List<IDisposable> _owned = [];
    private readonly List<Canary> _canaries = [];
    private readonly Dictionary<string, string> _secrets = [];

    /// <summary>The stores by name.</summary>
    internal Dictionary<string, SecretStore> Stores { get; } = new(StringComparer.Ordinal);

    /// <summary>The bearer token for the metrics backend.</summary>
    internal string MetricsToken => _secrets["metrics_token"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        using ECDsa signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _secrets["metrics_token"] = Plant("metrics token in a store", RandomText(36));
        _secrets["tenant_header"] = Plant("header in a store", RandomText(36));
        _secrets["signing_key"] = signing.ExportPkcs8PrivateKeyPem();
        _secrets["encryption_key"] = Plant("encryption key in a store", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        Plant("signing key in a store", _secrets["signing_key"].Split('\n')[2][..36]);
        string json = JsonSerializer.Serialize(_secrets);
        await VaultAsync();
        await AwsAsync(json);
        await GoogleAsync(json);
        await AzureAsync(json);
        string document = Private(_folder.WriteText("secrets.json", json));
        Stores["file"] = new SecretStore($"backend: file, secrets_file_path: {document}", new Dictionary<string, string>());
        foreach ((string name, string value) in _secrets)
        {
            Private(_folder.WriteText(Path.Combine("folder", name), value + "\n"));
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Combine("folder"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Stores["folder"] = new SecretStore($"backend: file, secrets_file_path: {_folder.Combine("folder")}", new Dictionary<string, string>());
    }

    /// <summary>What a run among the stores must not show, the tokens that were handed out so far among it.</summary>
    internal CanarySearch Search()
    {
        string[] headers = ["X-Vault-Token", "X-Amz-Security-Token", "Authorization"];
        IEnumerable<string> handedOut = _servers.SelectMany(server => server.Requests)
            .SelectMany(request => headers.Select(request.Header)).OfType<string>()
            .Where(value => !value.StartsWith("AWS4", StringComparison.Ordinal)) // a signature, good for one request
            .Select(value => value.Split(' ')[^1]).Where(value => value.Length >= 2 * Canary.PieceLength).Distinct();
        // The beginning of a JSON web token is the same in all of them, and no secret: its end is the signature.
        return new CanarySearch([.. _canaries, .. handedOut.Select(token => new Canary("a token that was handed out", token[^(2 * Canary.PieceLength)..]))]);
    }

    /// <summary>Returns the store with a login that is refused by a server at <paramref name="address"/>, which repeats what it is sent.</summary>
    internal SecretStore Refused(string name, Uri address) => name switch
    {
        "vault2" or "vault1" => Stores[name] with { Section = Stores[name].Section.Replace(_servers.OfType<VaultServer>().Single().HttpAddress.AbsoluteUri, address.AbsoluteUri, StringComparison.Ordinal) },
        "aws" => Stores[name] with { Section = Stores[name].Section.Replace(_servers.OfType<SecretsManagerServer>().Single().HttpAddress.AbsoluteUri, address.AbsoluteUri, StringComparison.Ordinal) },
        "gcp" => Stores[name] with { Section = Stores[name].Section.Replace(_servers.OfType<GoogleSecretServer>().Single().HttpAddress.AbsoluteUri, address.AbsoluteUri, StringComparison.Ordinal) },
        _ => Stores[name] with { Section = Stores[name].Section.Replace(_servers.OfType<KeyVaultServer>().Single().HttpAddress.AbsoluteUri, address.AbsoluteUri, StringComparison.Ordinal) },
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ProtocolServer server in _servers)
        {
            await server.DisposeAsync();
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _folder.Dispose();
    }

    private static string RandomText(int length) => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length);

    private static string Private(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    private async Task VaultAsync()
    {
        VaultServer vault = Add(await VaultServer.StartAsync(cancellationToken: Token));
        (string, string)[] fields = [.. _secrets.Select(secret => (secret.Key, secret.Value))];
        vault.MountKeyValue("secret", 2).Put("tars", fields);
        vault.MountKeyValue("kv1", 1).Put("tars", fields);
        vault.WritePolicy("reader", "", new VaultRule("secret/data/*", "read"), new VaultRule("kv1/*", "read"));
        VaultTokenSettings reader = new() { Policies = ["reader"] };
        AppRoleMount roles = vault.EnableAppRole();
        string role = Plant("role id of Vault", roles.AddRole("tars", reader));
        Stores["vault2"] = new SecretStore(
            $"backend: vault, retries: 0, vault_url: '{vault.HttpAddress}', vault_token: '${{VAULT_TOKEN}}'",
            new Dictionary<string, string> { ["VAULT_TOKEN"] = Plant("token of Vault", vault.CreateToken(reader)) });
        Stores["vault1"] = new SecretStore(
            $"backend: vault, retries: 0, vault_url: '{vault.HttpAddress}', vault_mount: kv1, vault_auth: approle, vault_role_id: '${{ROLE_ID}}', vault_secret_id: '${{SECRET_ID}}'",
            new Dictionary<string, string> { ["ROLE_ID"] = role, ["SECRET_ID"] = Plant("secret id of Vault", roles.NewSecretId(role)) });
        Stores["chain"] = new SecretStore(
            $"chain: [file, vault], secrets_file_path: {Private(_folder.WriteText("other.json", "{}"))}, retries: 0, vault_url: '{vault.HttpAddress}', vault_token: '${{VAULT_TOKEN}}'",
            Stores["vault2"].Environment);
    }

    private async Task AwsAsync(string json)
    {
        AwsAccount account = new(TimeProvider.System);
        SecretsManagerServer server = Add(await SecretsManagerServer.StartAsync(account, cancellationToken: Token));
        server.Put("tars", json);
        AwsCredentials session = account.CreateSessionKeys(TimeSpan.FromHours(1));
        Stores["aws"] = new SecretStore(
            $"backend: aws, retries: 0, aws_region: eu-central-1, aws_secret_name: tars, aws_endpoint_url: '{server.HttpAddress}'",
            new Dictionary<string, string>
            {
                ["AWS_ACCESS_KEY_ID"] = session.AccessKeyId,
                ["AWS_SECRET_ACCESS_KEY"] = Plant("secret access key of AWS", session.SecretAccessKey),
                ["AWS_SESSION_TOKEN"] = Plant("session token of AWS", session.SessionToken!),
            });
    }

    private async Task GoogleAsync(string json)
    {
        GoogleProject project = new(TimeProvider.System);
        _owned.Add(project);
        GoogleTokenServer tokens = Add(await GoogleTokenServer.StartAsync(project, cancellationToken: Token));
        GoogleSecretServer server = Add(await GoogleSecretServer.StartAsync(project, cancellationToken: Token));
        server.Put("tars", json);
        JsonObject key = project.KeyFile(project.CreateServiceAccount("tars"), tokens.TokenUri);
        Plant("private key of a service account", key["private_key"]!.GetValue<string>().Split('\n')[5][..36]);
        Stores["gcp"] = new SecretStore(
            $"backend: gcp, retries: 0, gcp_project: {project.Id}, gcp_secret_name: tars, gcp_endpoint_url: '{server.HttpAddress}', gcp_credentials_file: {Private(_folder.WriteText("google.json", key.ToJsonString()))}",
            new Dictionary<string, string>());
    }

    private async Task AzureAsync(string json)
    {
        EntraTenant tenant = new(TimeProvider.System);
        _owned.Add(tenant);
        EntraServer login = Add(await EntraServer.StartAsync(tenant, cancellationToken: Token));
        KeyVaultServer vault = Add(await KeyVaultServer.StartAsync(tenant, cancellationToken: Token));
        vault.Authorization = new Uri(login.HttpAddress, tenant.Id);
        vault.Set("tars", json);
        EntraApplication application = tenant.CreateApplication();
        Stores["azure"] = new SecretStore(
            $"backend: azure, retries: 0, azure_vault_url: '{vault.HttpAddress}', azure_secret_name: tars, azure_tenant_id: {tenant.Id}, azure_client_id: {application.ClientId}, azure_client_secret: '${{CLIENT_SECRET}}', azure_authority_host: '{login.HttpAddress}', azure_resource: '{EntraTenant.VaultResource}'",
            new Dictionary<string, string> { ["CLIENT_SECRET"] = Plant("client secret of Azure", application.AddSecret(TimeProvider.System.GetUtcNow().AddYears(1))) });
    }

    private T Add<T>(T server)
        where T : ProtocolServer
    {
        _servers.Add(server);
        return server;
    }

    private string Plant(string name, string text)
    {
        _canaries.Add(new Canary(name, text));
        return text;
    }
}
