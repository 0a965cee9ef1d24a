using System.Security.Cryptography;
using Tars.Server.Tests;
using Tars.Server.Tests.Access;
using Tars.Storage.Identity;
using Tars.Storage.Reports;
using Xunit;

namespace Tars.Client.Tests;

/// <summary>A real server with a faulty proxy before it, and clients of it.</summary>
internal sealed class ServedClient : IAsyncDisposable
{
    private ServedClient(AccessServer server, string key) => (Server, Key, Proxy) = (server, key, new FaultyProxy(server.Client.BaseAddress!));

    public AccessServer Server { get; private set; }

    public FaultyProxy Proxy { get; }

    /// <summary>A key of an administrator.</summary>
    public string Key { get; }

    public static async Task<ServedClient> StartAsync(string role = "admin", string yaml = "")
    {
        AccessServer server = await AccessServer.StartAsync(yaml: yaml);
        NewUser user = await server.AddUserAsync("ann", role);
        return new ServedClient(server, (await server.AddKeyAsync(user, role)).Text);
    }

    /// <summary>A client with the key.</summary>
    public TarsClient Client(TarsClientOptions? options = null) => Client(new TarsCredential.ApiKey(Key), options);

    /// <summary>A client with another credential.</summary>
    public TarsClient Client(TarsCredential credential, TarsClientOptions? options = null) => new(Proxy.Address, credential, options ?? Quick());

    /// <summary>Options that do not wait long.</summary>
    public static TarsClientOptions Quick() => new() { FirstWait = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Ends the server and starts another one on the same store, while whoever asks meets nobody.</summary>
    public async Task RestartAsync(Func<Task> meanwhile)
    {
        AccessServer old = Server;
        await old.Client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
        Proxy.Target = new Uri("http://127.0.0.1:1");
        await meanwhile();
        Server = await AccessServer.StartAsync(folder: old.Folder, audited: false);
        Proxy.Target = Server.Client.BaseAddress!;
        _replaced.Add(old);
    }

    /// <summary>Keeps a retrospective with one file of these bytes.</summary>
    public async Task<StoredReport> KeepRetrospectiveAsync(byte[] content)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Application.Stores.OpenedStore store = await Application.Stores.OpenedStore.OpenAsync(SettingsOf(), TimeProvider.System, false, cancellation);
        await using (store)
        {
            string digest = Convert.ToHexStringLower(SHA256.HashData(content));
            using MemoryStream stream = new(content);
            await store.Files.PutAsync(stream, Storage.Blobs.BlobDigest.Parse(digest), cancellation);
            return await store.Rows.KeepAsync(StoredReports.Report("retro", 5, 12) with { Renderings = [new Rendering("markdown", "GA_7DAY_RETROSPECTIVE.md", new BlobReference(digest, content.Length), digest)] });
        }
    }

    private readonly List<AccessServer> _replaced = [];

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
        foreach (AccessServer server in _replaced)
        {
            await server.DisposeAsync();
        }
    }

    private Application.Stores.StorageSettings SettingsOf() => Application.Stores.StorageSettings.Of(Configuration.Layers.SettingsLoader.Load(
        new Configuration.Layers.SettingsSearch { ConfigPath = Server.Folder.Combine("tars.yaml"), WorkingFolder = Server.Folder.Path, Environment = new Dictionary<string, string>() }, Configuration.Sections.TarsSchema.Instance));
}
