using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tars.Application.Stores;
using Tars.Server.Access.Credentials;
using Tars.Server.Tests.Access;
using Tars.Storage.Blobs;
using Tars.Storage.Findings;
using Tars.Storage.Identity;
using Tars.Storage.Reports;
using Xunit;

namespace Tars.Server.Tests.Fuzzing;

/// <summary>A real server with data, the credentials of each role, and users, keys and logins of which nothing depends: those alone are changed.</summary>
internal sealed class FuzzedServer : IAsyncDisposable
{
    /// <summary>A user who logs in, always with the right password.</summary>
    public const string Login = "fuzz-login";

    /// <summary>A user who makes a second factor, and never logs in.</summary>
    public const string Factor = "fuzz-factor";

    private readonly AccessServer _server;
    private readonly Dictionary<Credential, string> _keys = [];
    private readonly Dictionary<string, List<string>> _known = new(StringComparer.Ordinal);

    private FuzzedServer(AccessServer server)
    {
        _server = server;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8, ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8 })
        {
            Timeout = TimeSpan.FromSeconds(100),
        };
    }

    public HttpClient Client { get; }

    public Uri Address => _server.Client.BaseAddress!;

    public static async Task<FuzzedServer> StartAsync()
    {
        FuzzedServer fuzzed = new(await AccessServer.StartAsync());
        AccessServer server = fuzzed._server;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        foreach ((Credential credential, string role) in ((Credential, string)[])[(Credential.ReadOnly, "readonly"), (Credential.Sre, "sre"), (Credential.Admin, "admin")])
        {
            NewUser user = await server.AddUserAsync($"holder-{role}", role);
            fuzzed._keys[credential] = (await server.AddKeyAsync(user, role)).Text;
        }

        await server.AddUserAsync(Login, "sre");
        await server.AddUserAsync(Factor, "sre");
        for (int index = 0; index < 5; index++)
        {
            NewUser victim = await server.AddUserAsync($"victim-{index}", "readonly");
            fuzzed.Know("user_id", victim.Id.ToString());
            fuzzed.Know("key_id", (await server.AddKeyAsync(victim, "readonly")).Id.ToString());
            TokenFamily family = await server.Store.RefreshTokens.BeginAsync(Guid.NewGuid(), victim.Id, TimeSpan.FromDays(1), TimeSpan.FromDays(2), cancellation);
            fuzzed.Know("session_id", family.Id.ToString());
        }

        for (int day = 1; day <= 12; day++)
        {
            await server.Store.KeepAsync(StoredReports.DayReport(day, day == 4 ? null : 98 + (day % 3)));
        }

        await server.Store.KeepAsync(StoredReports.Report("anomalies", 1, 12, [.. Enumerable.Range(1, 10).Select(day => StoredReports.Anomaly(day, hours: day == 9 ? null : 1))]));
        await server.Store.KeepAsync(StoredReports.Report("regressions", 5, 12, StoredReports.Anomaly(6, severity: FindingSeverity.Medium) with { Kind = "regression" }));
        await server.Store.KeepAsync(StoredReports.Report("kpi", 1, 8));
        await server.Store.KeepAsync(StoredReports.Report("retro", 1, 8, StoredReports.Anomaly(3) with { Kind = "incident" }) with
        {
            Renderings = [await PutAsync(server, "json", "week.json", "{}\n"), await PutAsync(server, "markdown", "week.md", "# Week\n")],
        });
        fuzzed.Know("filename", "week.md");
        return fuzzed;
    }

    private static async Task<Rendering> PutAsync(AccessServer server, string format, string name, string text)
    {
        byte[] content = Encoding.UTF8.GetBytes(text);
        await server.Services.GetRequiredService<OpenedStore>().Files.PutAsync(content, TestContext.Current.CancellationToken);
        string digest = Convert.ToHexStringLower(SHA256.HashData(content));
        return new Rendering(format, name, new BlobReference(digest, content.Length), digest);
    }

    /// <summary>Things of a name that exist or existed: none of them is needed by the run itself.</summary>
    public IReadOnlyList<string> Known(string name) => _known.GetValueOrDefault(name) ?? [];

    /// <summary>Remembers a thing; of each name the newest few.</summary>
    public void Know(string name, string value)
    {
        if (!_known.TryGetValue(name, out List<string>? values))
        {
            _known[name] = values = [];
        }

        values.Add(value);
        if (values.Count > 40)
        {
            values.RemoveAt(5);
        }
    }

    /// <summary>Sends a request as it is: nothing of its address is made better.</summary>
    public async Task<FuzzedAnswer> SendAsync(FuzzedRequest request)
    {
        // 408 without a body is the web server's, when this machine stood still while a request was on its way: nothing of the request was looked at.
        FuzzedAnswer answer = await SendOnceAsync(request);
        return answer is { Status: HttpStatusCode.RequestTimeout, Body.Length: 0 } ? await SendOnceAsync(request) : answer;
    }

    private async Task<FuzzedAnswer> SendOnceAsync(FuzzedRequest request)
    {
        Uri uri = new(Address.ToString().TrimEnd('/') + request.Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using HttpRequestMessage message = new(new HttpMethod(request.Method), uri);
        if (_keys.TryGetValue(request.Credential, out string? key))
        {
            message.Headers.Add(ShownCredential.ApiKeyHeader, key);
        }

        foreach (Part header in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body.Bytes);
            if (body.ContentType is not null)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
            }
        }

        using HttpResponseMessage response = await Client.SendAsync(message, TestContext.Current.CancellationToken);
        FuzzedAnswer answer = new(
            response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken),
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => header.Value.ToArray(), StringComparer.OrdinalIgnoreCase));
        Remember(request.Operation, answer);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }

    // What was made can be asked for afterwards.
    private void Remember(FuzzedOperation operation, FuzzedAnswer answer)
    {
        if ((int)answer.Status is not (200 or 201) || answer.MediaType != "application/json" || answer.Body.Length is 0 or > 100_000)
        {
            return;
        }

        JsonNode? document = JsonNode.Parse(answer.Body);
        string name = operation.Id switch
        {
            "createApiKey" or "rotateApiKey" => "key_id",
            "logIn" or "refresh" => "refresh_token",
            _ => "next_cursor",
        };
        if (document is JsonObject fields && (string?)fields[name] is { } made)
        {
            Know(name == "next_cursor" ? $"{operation.Id} cursor" : name, made);
        }
    }
}

/// <summary>An answer.</summary>
/// <param name="Status">The status.</param>
/// <param name="MediaType">The media type without its parameters.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">All headers.</param>
internal sealed record FuzzedAnswer(HttpStatusCode Status, string? MediaType, byte[] Body, IReadOnlyDictionary<string, string[]> Headers);
