using System.Collections.Concurrent;
using System.Diagnostics;
using Tars.Application.Settings;
using Tars.Application.Settings.Refusals;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Configuration.Reloading;
using Tars.Configuration.Secrets;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Settings;

public sealed class SettingsSourceTests : IDisposable
{
    private const string Auth = "secrets: {backend: vault, vault_path: PATH}\nobservability: {auth: {username: u}}\n";

    private readonly TemporaryDirectory _folder = new();
    private readonly List<RotatingSecret> _made = [];

    [Fact]
    public async Task LoadAsync_SameSecretsSection_KeepsTheBackend()
    {
        await using SettingsSource source = Source("one");

        TarsSettings first = await source.LoadAsync(TestContext.Current.CancellationToken);
        TarsSettings second = await source.LoadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("value-1", "value-2"), (Password(first), Password(second)));
        Assert.False(Assert.Single(_made).IsDisposed);
    }

    [Fact]
    public async Task LoadAsync_OtherSecretsSection_MakesANewBackendAndEndsTheOld()
    {
        SettingsSource source = Source("one");
        await source.LoadAsync(TestContext.Current.CancellationToken);
        Write("two");

        await source.LoadAsync(TestContext.Current.CancellationToken);

        Assert.Equal([true, false], _made.Select(backend => backend.IsDisposed));
        await source.DisposeAsync();
        Assert.All(_made, backend => Assert.True(backend.IsDisposed));
    }

    [Fact]
    public async Task LoadAsync_ConfigurationWithoutNeed_MakesNoBackend()
    {
        await using SettingsSource source = Source("one");
        _folder.WriteText("tars.yaml", "secrets: {backend: vault}\n");

        await source.LoadAsync(TestContext.Current.CancellationToken);

        Assert.Empty(_made);
    }

    [Fact]
    public async Task LoadAsync_BackendValueThatFitsNowhere_IsRefusedWithoutShowingIt()
    {
        await using SettingsSource source = Source("one");
        _folder.WriteText("tars.yaml", "secrets: {backend: vault}\nobservability: {backend: \"${NAME}\"}\n");

        SettingsException refusal = await Assert.ThrowsAsync<SettingsException>(() => source.LoadAsync(TestContext.Current.CancellationToken));

        Assert.Equal("tars.yaml:2:26: observability.backend: there is no backend (secret); known: default", refusal.Message);
    }

    [Fact]
    public async Task MonitorAsync_RotatedSecret_IsTakenUpAndAnInvalidFileIsNot()
    {
        ConcurrentQueue<ReloadOutcome> outcomes = new();
        await using SettingsSource source = Source("one");
        source.SecretRotated();
        await using SettingsMonitor<TarsSettings> monitor = await source.MonitorAsync(TimeProvider.System, outcomes.Enqueue, TestContext.Current.CancellationToken);
        Assert.Equal("value-1", Password(monitor.Current));

        source.SecretRotated();
        await Until(() => outcomes.Count == 1);
        Assert.Equal("value-2", Password(monitor.Current));
        Assert.Equal("observability.auth.password: (secret) -> (secret)", Assert.Single(Assert.IsType<ReloadOutcome.Replaced>(outcomes.Single()).Changes).ToString());

        _folder.WriteText("tars.yaml", "objectives: [{service: none, indicator: a, target: 99%}]\n");
        await Until(() => outcomes.Count == 2);
        Assert.Equal(
            "tars.yaml:1:24: objectives[0].service: there is no service none; none is configured",
            Assert.Single(Assert.IsType<ReloadOutcome.Kept>(outcomes.Last()).Problems).ToString());
        Assert.Equal("value-2", Password(monitor.Current));
    }

    public void Dispose() => _folder.Dispose();

    private static string Password(TarsSettings settings) =>
        Assert.IsType<BackendAuthentication.Basic>(settings.Observability.Backend.Authentication).Password.Reveal();

    private SettingsSource Source(string path)
    {
        Write(path);
        return new SettingsSource(
            new SettingsSearch { WorkingFolder = _folder.Path },
            Requirements.Command,
            _ =>
            {
                _made.Add(new RotatingSecret());
                return _made[^1];
            });
    }

    private void Write(string path) => _folder.WriteText("tars.yaml", Auth.Replace("PATH", path, StringComparison.Ordinal));

    private static async Task Until(Func<bool> holds)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "nothing happened for a minute");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A backend whose secret is another with every question.</summary>
    private sealed class RotatingSecret : ISecretBackend, IAsyncDisposable
    {
        private int _asked;

        public bool IsDisposed { get; private set; }

        public string Name => "rotating";

        public Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult<SecretAnswer>(SecretAnswer.Found.Of($"value-{Interlocked.Increment(ref _asked)}", $"rotating {name}"));

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
