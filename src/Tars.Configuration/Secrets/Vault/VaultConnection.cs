using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>
/// Sends requests to Vault and reads its JSON. A redirect is followed on the same host and port only, because the token goes with it.
/// </summary>
internal sealed class VaultConnection : IDisposable
{
    private readonly SecretConnection _connection;
    private readonly string? _namespace;
    private readonly string _base;

    /// <summary>Prepares a connection; nothing is sent.</summary>
    /// <exception cref="VaultFileException">A certificate file cannot be read.</exception>
    public VaultConnection(VaultOptions options, TimeProvider time)
    {
        _connection = new SecretConnection(Patience(options), time);
        _namespace = options.Namespace?.Trim('/');
        _base = options.Url.AbsoluteUri.TrimEnd('/') + "/v1/";
    }

    /// <summary>Sends a request until it is answered for good or retries are used up.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The API path after <c>/v1/</c>, not yet escaped.</param>
    /// <param name="body">JSON, owned by the caller; null for none.</param>
    /// <param name="token">The token; null for a login.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<VaultReply> SendAsync(HttpMethod method, string path, byte[]? body, Secret? token, CancellationToken cancellationToken)
    {
        Uri address = new(_base + string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));
        try
        {
            return Read(await _connection.SendAsync(() => Request(method, address, body, token), IsPassing, Told, cancellationToken).ConfigureAwait(false));
        }
        catch (SecretBackendException failure)
        {
            return new VaultReply.Nothing(failure.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    // Every attempt may take its whole time, and every pause: the number of retries is the limit.
    private static SecretConnectionOptions Patience(VaultOptions options) => new()
    {
        AttemptTimeout = options.Timeout,
        Retries = options.Retries,
        FirstPause = options.RetryDelay,
        LongestPause = options.MaxRetryDelay,
        Deadline = (options.Timeout * (options.Retries + 1)) + (options.MaxRetryDelay * options.Retries),
        MaximumBytes = options.MaxAnswerBytes,
        Authorities = VaultCertificates.Authorities(options),
        ClientCertificates = VaultCertificates.OfClient(options),
        Redirects = 2,
        RedirectHint = "set secrets.vault_url to the active node, or let standbys forward requests",
        TlsHint = "set secrets.vault_ca_file to the authority that signed it, or check that secrets.vault_url begins as Vault listens (https or http)",
    };

    // 412, 472 and 473: a node that has not caught up, or is no active one (Vault's API documentation, "HTTP status codes" and /sys/health).
    private static bool IsPassing(SecretResponse response) => (int)response.Status is 412 or 429 or 472 or 473 or (>= 500 and not 501);

    private static VaultReply Read(SecretResponse response) => VaultDocument.Parse(response) is VaultDocument document
        ? new VaultReply.Answered((int)response.Status, document)
        : new VaultReply.Nothing(NotVaults(response));

    private static string Told(SecretResponse response)
    {
        using VaultReply reply = Read(response);
        return reply is VaultReply.Answered answer ? VaultWords.Told(answer) : NotVaults(response);
    }

    private static string NotVaults(SecretResponse response) =>
        $"answered {(int)response.Status} with something that is not Vault's JSON; is secrets.vault_url Vault's address?";

    private SecretRequest Request(HttpMethod method, Uri address, byte[]? body, Secret? token)
    {
        SecretRequest request = new SecretRequest(method, address).With("X-Vault-Request", "true");
        if (_namespace is not null)
        {
            request.With("X-Vault-Namespace", _namespace);
        }

        if (token is not null)
        {
            request.With("X-Vault-Token", token.Reveal());
        }

        if (body is not null)
        {
            ClearedBuffer copy = new();
            copy.Write(body);
            request.With(copy, "application/json");
        }

        return request;
    }
}
