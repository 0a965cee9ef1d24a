using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Tars.Application.Auditing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;
using Tars.Server.Access.Credentials;
using Tars.Server.Access.Passwords;
using Tars.Server.Hosting;
using Tars.Server.Problems;
using Tars.Storage.Identity;
using Tars.TestKit;
using Xunit;

namespace Tars.Server.Tests.Access;

/// <summary>The whole server on a free port of this machine, with a store and an audit log of its own.</summary>
internal sealed class AccessServer : IAsyncDisposable
{
    public const string Secret = "0123456789abcdef0123456789abcdef-test";

    public const string Password = "violet kettle 42 harbour";

    private readonly WebApplication _server;
    private readonly OpenedStore _store;
    private readonly AuditTrail? _audit;
    private readonly bool _ownsFolder;
    private bool _auditEnded;

    private AccessServer(WebApplication server, ServerParts parts, TemporaryDirectory folder, bool ownsFolder)
    {
        (_server, _store, _audit, Folder, _ownsFolder) = (server, parts.Store, parts.Audit, folder, ownsFolder);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 64 })
        {
            BaseAddress = new Uri(server.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()),
        };
    }

    /// <summary>A client without a credential.</summary>
    public HttpClient Client { get; }

    /// <summary>Everything that is kept.</summary>
    public TemporaryDirectory Folder { get; }

    public Storage.Store Store => _store.Rows;

    public IServiceProvider Services => _server.Services;

    /// <summary>What the audit log holds.</summary>
    public IReadOnlyList<AuditRecord> Events(string type) => [.. new AuditQuery(Folder.Combine("audit")).Find(new AuditFilter { Type = type })];

    /// <summary>Starts a server.</summary>
    /// <param name="time">Its clock; null for the machine's.</param>
    /// <param name="yaml">More settings.</param>
    /// <param name="folder">What an earlier one kept; null for nothing.</param>
    /// <param name="database">Another database than a file in the folder.</param>
    /// <param name="audited">Whether there is an audit log.</param>
    public static async Task<AccessServer> StartAsync(TimeProvider? time = null, string yaml = "", TemporaryDirectory? folder = null, string? database = null, bool audited = true)
    {
        TemporaryDirectory kept = folder ?? new TemporaryDirectory();
        string api = yaml.Contains("api:", StringComparison.Ordinal) ? yaml : $"api:\n  jwt_secret: {Secret}\n{yaml}";
        kept.WriteText("tars.yaml", $"{api}\nstorage:\n  folder: store\n{DatabaseYaml(database)}compliance:\n  audit_log_path: audit\n");
        LoadedSettings settings = SettingsLoader.Load(
            new SettingsSearch { ConfigPath = kept.Combine("tars.yaml"), Environment = new Dictionary<string, string>(), CommandLine = yaml.Contains("rate_limit", StringComparison.Ordinal) ? [] : [new CommandLineSetting("--set", "api.rate_limit_enabled", "false")], WorkingFolder = kept.Path, UserFolder = kept.Combine("u"), SystemFolder = kept.Combine("s") },
            TarsSchema.Instance);
        TimeProvider clock = time ?? TimeProvider.System;
        AuditSettings auditing = AuditSettings.Of(settings);
        if (audited && !Directory.Exists(auditing.Log))
        {
            SubjectKeys.Create(auditing.Subjects, clock).Dispose();
            AuditLog.Create(auditing.Log, "audit.example.org/tars/test", clock);
        }

        StorageSettings storage = StorageSettings.Of(settings);
        await OpenedStore.MigrateAsync(storage, clock, TestContext.Current.CancellationToken);
        ServerParts parts = new(
            settings, await OpenedStore.OpenAsync(storage, clock, true, TestContext.Current.CancellationToken), audited ? AuditTrail.Open(auditing, AuditClass.Runs, clock) : null, clock, "0.0.0-test");
        WebApplication server = TarsServer.Create(parts, builder =>
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddTransient<IStartupFilter, ProblemsFirst>();
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new AccessServer(server, parts, kept, folder is null);
    }

    /// <summary>Adds a user with the password of all tests.</summary>
    public async Task<NewUser> AddUserAsync(string login, string role, string? hash = null)
    {
        NewUser user = new(Guid.NewGuid(), $"subject-{Guid.NewGuid():N}", login, role, hash ?? Hash.Value);
        Assert.True(await Store.Users.AddAsync(user, TestContext.Current.CancellationToken));
        return user;
    }

    /// <summary>Adds an API key.</summary>
    public async Task<(string Text, Guid Id)> AddKeyAsync(NewUser user, string role, DateTimeOffset? expires = null)
    {
        string text = ApiKeyText.Create();
        NewApiKey key = new(Guid.NewGuid(), user.Id, "test", ApiKeyText.HashOf(text), role, expires);
        await Store.ApiKeys.AddAsync(key, TestContext.Current.CancellationToken);
        return (text, key.Id);
    }

    /// <summary>Logs in over HTTP.</summary>
    public async Task<(string Access, string Refresh)> LogInAsync(string login, string? code = null)
    {
        using HttpResponseMessage answer = await PostAsync("/auth/login", new JsonObject { ["username"] = login, ["password"] = Password, ["code"] = code });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonNode tokens = (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
        return ((string)tokens["access_token"]!, (string)tokens["refresh_token"]!);
    }

    /// <summary>Ends the audit log: nothing can be written to it any longer.</summary>
    public async ValueTask BreakAuditAsync()
    {
        await _audit!.DisposeAsync();
        _auditEnded = true;
    }

    /// <summary>Posts JSON without a credential.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, null, body);

    /// <summary>Sends a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path.</param>
    /// <param name="credential">An API key, or the value of Authorization; null for none.</param>
    /// <param name="body">The body; null for none.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? credential, JsonNode? body = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (credential?.StartsWith("tars_", StringComparison.Ordinal) == true)
        {
            request.Headers.Add(ShownCredential.ApiKeyHeader, credential);
        }
        else if (credential is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The status of a request.</summary>
    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string? credential, JsonNode? body = null)
    {
        using HttpResponseMessage answer = await SendAsync(method, path, credential, body);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        await _store.DisposeAsync();
        if (_audit is not null && !_auditEnded)
        {
            await _audit.DisposeAsync();
        }

        if (_ownsFolder)
        {
            Folder.Dispose();
        }
    }

    private static string DatabaseYaml(string? database)
    {
        if (database is null)
        {
            return string.Empty;
        }

        Npgsql.NpgsqlConnectionStringBuilder text = new(database);
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"  database_url: \"postgresql://{text.Host}:{text.Port}/{text.Database}\"\n  database_user: \"{text.Username}\"\n  database_password: \"{text.Password}\"\n");
    }

    // One hash for all: making it takes time on purpose.
    private static readonly Lazy<string> Hash = new(() => PasswordHash.Create(Password));

    /// <summary>Problems that are thrown become answers, also where the server has no step for them.</summary>
    private sealed class ProblemsFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => server =>
        {
            server.Use(inner => async context =>
            {
                try
                {
                    await inner(context);
                }
                catch (ProblemException problem)
                {
                    await ProblemAnswer.WriteAsync(context, problem);
                }
                catch (Storage.StoreException exception)
                {
                    await ProblemAnswer.WriteAsync(context, ErrorCode.Unavailable, exception.Reason);
                }
            });
            next(server);
        };
    }
}
