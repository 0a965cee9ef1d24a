using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Tars.Client.Credentials;
using Tars.Client.Requests;

namespace Tars.Client;

/// <summary>
/// A T.A.R.S. server, asked over its API. Requests are sent again after a wait when the server is busy (429, 503; <c>Retry-After</c> counts) and when an answer was lost and sending again does no
/// harm; everything can be cancelled. Safe for use by many threads.
/// </summary>
public sealed partial class TarsClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly TarsClientOptions _options;
    private readonly Sender _sender;
    private readonly TokenKeeper? _keeper;
    private readonly CancellationTokenSource _ends = new();

    /// <summary>A client.</summary>
    /// <param name="server">The server's address, <c>http</c> or <c>https</c>; a path is put before those of the API.</param>
    /// <param name="credential">Who calls.</param>
    /// <param name="options">How it asks; null for the defaults.</param>
    /// <exception cref="ArgumentException">The address is none of a server, or an option is out of range.</exception>
    public TarsClient(Uri server, TarsCredential credential, TarsClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(credential);
        if (!server.IsAbsoluteUri || server.Scheme is not ("http" or "https") || server.Query.Length > 0 || server.UserInfo.Length > 0)
        {
            throw new ArgumentException("an address such as https://tars.example.org is expected, without a user and a query", nameof(server));
        }

        _options = (options ?? new TarsClientOptions()).Checked();
#pragma warning disable CA2000 // the client owns its handler
        HttpMessageHandler handler = _options.Handler ?? new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.All,
        };
#pragma warning restore CA2000
        _http = new HttpClient(handler, disposeHandler: _options.Handler is null) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd($"tars-client/{typeof(TarsClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0"}");
        Uri root = server.AbsolutePath.EndsWith('/') ? server : new Uri(server.GetLeftPart(UriPartial.Path) + "/");
        Sender anonymous = new(_http, root, _options);
        (ITarsTokenStore? store, TarsCredential.Login? login) = credential switch
        {
            TarsCredential.Login given => (given.Store, given),
            TarsCredential.Tokens given => (given.Store, null),
            _ => (null, null),
        };
        _keeper = store is null ? null : new TokenKeeper(anonymous, store, login, _options.Time, _ends.Token);
        _sender = credential is TarsCredential.ApiKey { Key: var key } ? new Sender(_http, root, _options) { Credential = (_, _) => Task.FromResult(("X-API-Key", key)) }
            : _keeper is { } keeper ? new Sender(_http, root, _options) { CanRenew = true, Credential = async (refused, cancellationToken) => ("Authorization", await keeper.AccessTokenAsync(refused, cancellationToken).ConfigureAwait(false)) }
            : anonymous;
    }

    /// <summary>Whether the server works; an answer that it does not is an answer.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TarsException">There is no answer, or the server refuses; so with every method.</exception>
    public Task<ServerHealth> GetHealthAsync(CancellationToken cancellationToken = default) => JsonAsync(Ask.Get("health") with { TakesUnavailable = true }, ClientJson.Default.ServerHealth, cancellationToken);

    /// <summary>Who calls, and what the credential allows.</summary>
    public Task<CallerIdentity> GetMeAsync(CancellationToken cancellationToken = default) => JsonAsync(Ask.Get("auth/me"), ClientJson.Default.CallerIdentity, cancellationToken);

    /// <summary>The server's own metrics, in the text format of Prometheus.</summary>
    public async Task<string> GetMetricsAsync(CancellationToken cancellationToken = default) =>
        Encoding.UTF8.GetString(await _sender.SendAsync(Ask.Get("metrics") with { Accept = "text/plain" }, static (body, token) => body.BytesAsync(token), cancellationToken).ConfigureAwait(false));

    /// <summary>A document as it is sent, for what this client has no type for.</summary>
    /// <param name="path">The path with its query, such as <c>/api/ga?days=7</c>; what is got has no effect.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>JSON.</returns>
    public async Task<string> GetJsonAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Encoding.UTF8.GetString(await _sender.SendAsync(Ask.Get(path.TrimStart('/')) with { TakesUnavailable = true }, static (body, token) => body.BytesAsync(token), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Ends the login whose tokens are in the store, and takes them out of it. Does nothing with an API key.</summary>
    public Task LogOutAsync(CancellationToken cancellationToken = default) => _keeper?.LogOutAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ends.Cancel();
        _ends.Dispose();
        _http.Dispose();
    }

    private Task<T> JsonAsync<T>(Ask ask, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        _sender.SendAsync(ask, (body, token) => body.JsonAsync(type, token), cancellationToken);
}
