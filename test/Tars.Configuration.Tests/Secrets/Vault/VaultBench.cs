using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Files;
using Tars.Configuration.Secrets.Vault;
using Tars.TestKit;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Vault;

namespace Tars.Configuration.Tests.Secrets.Vault;

/// <summary>A server that speaks Vault's protocol, and clients of it. Both go by one clock that the test moves, unless it asks for the real one.</summary>
internal sealed class VaultBench : IAsyncDisposable
{
    private readonly List<VaultSecrets> _clients = [];

    private VaultBench(VaultServer server, FakeTimeProvider clock, TemporaryDirectory folder) => (Server, Clock, Folder) = (server, clock, folder);

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public VaultServer Server { get; }

    public FakeTimeProvider Clock { get; }

    public TemporaryDirectory Folder { get; }

    public KeyValueMount Store { get; private set; } = null!;

    public static async Task<VaultBench> StartAsync(bool realTime = false, ProtocolServerOptions? options = null)
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        VaultServer server = await VaultServer.StartAsync((options ?? new ProtocolServerOptions()) with { Time = realTime ? TimeProvider.System : clock }, Cancelled);
        VaultBench bench = new(server, clock, new TemporaryDirectory()) { Store = server.MountKeyValue() };
        bench.Store.Put("tars", ("jwt_secret", "one"), ("db_password", "two"));
        server.WritePolicy("reader", "", new VaultRule("secret/data/*", "read"), new VaultRule("database/creds/*", "read"), new VaultRule("kv1/*", "read"));
        return bench;
    }

    public Credential Token(VaultTokenSettings? settings = null) => Given(Server.CreateToken(settings ?? new VaultTokenSettings { Policies = ["reader"] }));

    public static Credential Given(string value) => new Credential.Given(Secret.Of(value), "secrets.x");

    public Credential InFile(string name, string text, FileRule rule = FileRule.OwnerOnly)
    {
        string path = Folder.WriteText(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return new Credential.InFile(path, rule);
    }

    /// <summary>A client; without retries' pauses, because nobody moves the clock for them.</summary>
    public VaultSecrets Client(VaultLogin? login = null, Func<VaultOptions, VaultOptions>? change = null, TimeProvider? time = null)
    {
        VaultOptions options = new()
        {
            Url = Server.HttpAddress,
            Login = login ?? new VaultLogin.ByToken(Token()),
            RetryDelay = TimeSpan.Zero,
            Timeout = TimeSpan.FromMinutes(1),
        };
        VaultSecrets client = new(change is null ? options : change(options), time ?? Clock);
        _clients.Add(client);
        return client;
    }

    public int Count(string pathPart) => Server.Requests.Count(request => request.Path.Contains(pathPart, StringComparison.Ordinal));

    /// <summary>Waits for what the client does in the background.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "it did not come about within a minute");
            await Task.Delay(10, Cancelled);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Server.DisposeAsync();
        Folder.Dispose();
    }
}

internal static class SecretAnswerShortcuts
{
    /// <summary>Asks and returns the value; fails with the answer when there is none.</summary>
    public static async Task<string> ValueAsync(this ISecretBackend backend, string name)
    {
        SecretAnswer answer = await backend.FindAsync(name, VaultBench.Cancelled);
        Assert.True(answer is SecretAnswer.Found, answer.ToString());
        return ((SecretAnswer.Found)answer).Value.Reveal();
    }

    public static async Task<string> RefusalAsync(this ISecretBackend backend, string name) =>
        Assert.IsType<SecretAnswer.Refused>(await backend.FindAsync(name, VaultBench.Cancelled)).Reason;

    public static async Task<string> OutageAsync(this ISecretBackend backend, string name) =>
        Assert.IsType<SecretAnswer.Unreachable>(await backend.FindAsync(name, VaultBench.Cancelled)).Reason;
}
