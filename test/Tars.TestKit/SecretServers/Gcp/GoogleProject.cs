using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Gcp;

/// <summary>A service account whose key was downloaded.</summary>
/// <param name="Email">Its address, which is the issuer of its assertions.</param>
/// <param name="KeyId">Id of the key.</param>
/// <param name="PrivateKeyPem">The key in PKCS 8.</param>
public sealed record GoogleServiceAccount(string Email, string KeyId, string PrivateKeyPem);

/// <summary>A project: its service accounts, the tokens that were given out, and who may read secrets. Servers of one project share it.</summary>
public sealed class GoogleProject(TimeProvider time, string id = "tars-test", string number = "123456789") : IDisposable
{
    /// <summary>The scope that the services here ask for.</summary>
    public const string CloudPlatform = "https://www.googleapis.com/auth/cloud-platform";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (RSA Key, string KeyId)> _accounts = [];
    private readonly Dictionary<string, (string Email, string Scope, DateTimeOffset Expires)> _tokens = [];
    private readonly HashSet<string> _denied = [];

    /// <summary>The project's id.</summary>
    public string Id => id;

    /// <summary>The project's number, which stands in resource names of answers.</summary>
    public string Number => number;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>A new service account with a new RSA key.</summary>
    public GoogleServiceAccount CreateServiceAccount(string name)
    {
        RSA key = RSA.Create(2048);
        string email = $"{name}@{id}.iam.gserviceaccount.com";
        string keyId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        lock (_gate)
        {
            _accounts.Add(email, (key, keyId));
        }

        return new GoogleServiceAccount(email, keyId, key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>The key file of a service account, as it is downloaded.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="tokenUri">Address of the token endpoint, which is the audience of assertions.</param>
    public JsonObject KeyFile(GoogleServiceAccount account, Uri tokenUri) => new()
    {
        ["type"] = "service_account",
        ["project_id"] = id,
        ["private_key_id"] = account.KeyId,
        ["private_key"] = account.PrivateKeyPem,
        ["client_email"] = account.Email,
        ["client_id"] = "100000000000000000001",
        ["auth_uri"] = "https://accounts.google.com/o/oauth2/auth",
        ["token_uri"] = tokenUri.AbsoluteUri,
        ["auth_provider_x509_cert_url"] = "https://www.googleapis.com/oauth2/v1/certs",
        ["universe_domain"] = "googleapis.com",
    };

    /// <summary>Takes the permission <c>secretmanager.versions.access</c> from an account; anybody else has it.</summary>
    public void Deny(string email)
    {
        lock (_gate)
        {
            _denied.Add(email);
        }
    }

    /// <summary>A new access token.</summary>
    public string CreateToken(string email, TimeSpan lifetime, string scope = CloudPlatform)
    {
        string token = "ya29." + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 120);
        lock (_gate)
        {
            _tokens.Add(token, (email, scope, time.GetUtcNow() + lifetime));
        }

        return token;
    }

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        foreach ((RSA key, _) in _accounts.Values)
        {
            key.Dispose();
        }
    }

    internal (RSA Key, string KeyId)? KeyOf(string email)
    {
        lock (_gate)
        {
            return _accounts.TryGetValue(email, out (RSA Key, string KeyId) account) ? account : null;
        }
    }

    internal (string Email, string Scope)? Holder(string token)
    {
        lock (_gate)
        {
            return _tokens.TryGetValue(token, out (string Email, string Scope, DateTimeOffset Expires) held) && held.Expires > time.GetUtcNow() ? (held.Email, held.Scope) : null;
        }
    }

    internal bool IsDenied(string email)
    {
        lock (_gate)
        {
            return _denied.Contains(email);
        }
    }
}
