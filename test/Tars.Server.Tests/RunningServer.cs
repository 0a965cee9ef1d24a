using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Tars.Application.Stores;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;
using Tars.Server.Access.Credentials;
using Tars.Server.Hosting;
using Tars.Storage;
using Tars.Storage.Identity;
using Tars.TestKit;
using Xunit;

namespace Tars.Server.Tests;

/// <summary>A real server on a free loopback port, over a store of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder;
    private readonly WebApplication _server;
    private readonly StringWriter _said = new();
    private readonly RequestLog _log;

    private RunningServer(TemporaryDirectory folder, OpenedStore store, Func<RequestLog, WebApplication> create)
    {
        (_folder, Opened) = (folder, store);
        _log = new RequestLog(_said, isJson: false, tellsRequests: false, TimeProvider.System);
        _server = create(_log);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    }

    public OpenedStore Opened { get; }

    public Store Store => Opened.Rows;

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public IServiceProvider Services => _server.Services;

    public string Folder => _folder.Path;

    /// <summary>Starts one.</summary>
    /// <param name="change">What a test adds to what the server is made of.</param>
    /// <param name="tarsYaml">The configuration, beside the store's folder.</param>
    public static async Task<RunningServer> StartAsync(Func<ServerParts, ServerParts>? change = null, string tarsYaml = "")
    {
        TemporaryDirectory folder = new();
        folder.WriteText("tars.yaml", $"storage: {{ folder: data }}\napi: {{ rate_limit_enabled: false }}\n{tarsYaml}");
        LoadedSettings settings = SettingsLoader.Load(
            new SettingsSearch { ConfigPath = folder.Combine("tars.yaml"), WorkingFolder = folder.Path, Environment = new Dictionary<string, string>() }, TarsSchema.Instance);
        OpenedStore store = await OpenedStore.OpenAsync(StorageSettings.Of(settings), TimeProvider.System, creates: true, TestContext.Current.CancellationToken);
        string key = await AddKeyAsync(store.Rows);
        RunningServer running = new(folder, store, log =>
        {
            ServerParts parts = new(settings, store, null, TimeProvider.System, "9.9.9") { Log = log };
            return TarsServer.Create(change?.Invoke(parts) ?? parts, builder => builder.WebHost.UseUrls("http://127.0.0.1:0"));
        });
        await running._server.StartAsync(TestContext.Current.CancellationToken);
        running.Client.BaseAddress = new Uri(running._server.Urls.Single());
        running.Client.DefaultRequestHeaders.Add(ShownCredential.ApiKeyHeader, key);
        return running;
    }

    /// <summary>A key of an administrator, with which the client calls: who may call what is tested elsewhere.</summary>
    private static async Task<string> AddKeyAsync(Store store)
    {
        NewUser user = new(Guid.NewGuid(), "subject-of-the-tests", "tests", "admin");
        Assert.True(await store.Users.AddAsync(user, TestContext.Current.CancellationToken));
        string key = ApiKeyText.Create();
        await store.ApiKeys.AddAsync(new NewApiKey(Guid.NewGuid(), user.Id, "tests", ApiKeyText.HashOf(key), "admin", null), TestContext.Current.CancellationToken);
        return key;
    }

    /// <summary>Sends a request.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, path);
        foreach ((string name, string value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Gets something.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    /// <summary>Gets a document, which must be there.</summary>
    public async Task<JsonNode> JsonAsync(string path)
    {
        using HttpResponseMessage response = await GetAsync(path);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}\n{_said}");
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        return JsonNode.Parse(text)!;
    }

    /// <summary>Asserts that an answer is a problem document of this code, with the request's id, and returns it.</summary>
    public static async Task<JsonObject> ProblemAsync(HttpResponseMessage response, int status, string code)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} and not {status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        JsonObject problem = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(code, (string?)problem["error_code"]);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.Equal($"urn:tars:problem:{code.ToLowerInvariant()}", (string?)problem["type"]);
        Assert.Equal(Assert.Single(response.Headers.GetValues("X-Request-Id")), (string?)problem["request_id"]);
        Assert.False(string.IsNullOrEmpty((string?)problem["detail"]));
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        await _log.DisposeAsync();
        await _said.DisposeAsync();
        await Opened.DisposeAsync();
        _folder.Dispose();
    }
}
