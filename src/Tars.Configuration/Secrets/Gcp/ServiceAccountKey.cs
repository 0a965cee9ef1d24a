using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Gcp;

/// <summary>
/// A service account's key file, which signs an assertion that Google exchanges for a token. Source: Google Identity, "Using OAuth 2.0 for
/// Server to Server Applications", and RFC 7523.
/// </summary>
internal sealed class ServiceAccountKey : IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly RSA _key;
    private readonly string? _keyId;

    private ServiceAccountKey(RSA key, string? keyId, string email, string? project, Uri tokenUri)
    {
        (_key, _keyId) = (key, keyId);
        (Email, Project, TokenUri) = (email, project, tokenUri);
    }

    /// <summary>The account.</summary>
    public string Email { get; }

    /// <summary>The project the account belongs to; null when the file has none.</summary>
    public string? Project { get; }

    /// <summary>Where the assertion is sent, and whom it is for.</summary>
    public Uri TokenUri { get; }

    /// <summary>Reads a key file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">What names it.</param>
    /// <exception cref="SecretBackendException">It cannot be read, or is no key of a service account.</exception>
    public static ServiceAccountKey Read(string path, string source)
    {
        using ClearedBuffer text = BoundedFile.Read(path, source);
        try
        {
            string? type = JsonFields.FindText(text.Span, "type");
            if (type != "service_account")
            {
                string shown = type is "authorized_user" or "external_account" or "impersonated_service_account" ? $"the type {type}" : "another type";
                throw SecretBackendException.Refused($"{path} ({source}) has {shown}; only the key file of a service account (service_account) is supported");
            }

            string email = JsonFields.FindText(text.Span, "client_email") ?? throw new JsonException("no client_email");
            string tokenUri = JsonFields.FindText(text.Span, "token_uri") ?? "https://oauth2.googleapis.com/token";
            using Secret pem = JsonFields.FindSecret(text.Span, "private_key") ?? throw new JsonException("no private_key");
            return new ServiceAccountKey(
                Import(pem), JsonFields.FindText(text.Span, "private_key_id"), email, JsonFields.FindText(text.Span, "project_id"),
                SecretEndpoint.Parse(tokenUri, $"token_uri of {path}"));
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException or ArgumentException)
        {
            throw SecretBackendException.Refused($"{path} ({source}) is not the JSON key file of a service account; make one with gcloud iam service-accounts keys create");
        }
    }

    /// <summary>Returns an assertion for a token, good for an hour.</summary>
    /// <param name="now">The time.</param>
    public byte[] Assertion(DateTimeOffset now)
    {
        long issued = now.ToUnixTimeSeconds();
        string header = Json(writer =>
        {
            writer.WriteString("alg", "RS256");
            writer.WriteString("typ", "JWT");
            if (_keyId is not null)
            {
                writer.WriteString("kid", _keyId);
            }
        });
        string claims = Json(writer =>
        {
            writer.WriteString("iss", Email);
            writer.WriteString("scope", Scope);
            writer.WriteString("aud", TokenUri.AbsoluteUri);
            writer.WriteNumber("iat", issued);
            writer.WriteNumber("exp", issued + (long)Lifetime.TotalSeconds);
        });
        string signed = $"{header}.{claims}";
        byte[] signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return Encoding.ASCII.GetBytes($"{signed}.{Base64Url.EncodeToString(signature)}");
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static RSA Import(Secret pem)
    {
        using ClearedChars text = ClearedChars.Of(pem.Bytes);
        RSA key = RSA.Create();
        try
        {
            key.ImportFromPem(text.Span);
            return key;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw;
        }
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using ClearedBuffer buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.Span);
    }
}
