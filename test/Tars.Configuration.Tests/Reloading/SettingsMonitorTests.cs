using System.Collections.Concurrent;
using System.Diagnostics;
using Tars.Configuration.Layers;
using Tars.Configuration.Reloading;
using Tars.Configuration.Sections;

namespace Tars.Configuration.Tests.Reloading;

public class SettingsMonitorTests
{
    private static readonly string Folder = Path.GetFullPath("/memory");
    private readonly MemoryFiles _files = new();
    private readonly ConcurrentQueue<ReloadOutcome> _outcomes = new();

    [Fact]
    public async Task ReloadAsync_ChangedFile_ReplacesAndNamesWhatNeedsARestart()
    {
        Write("api: {port: 8100, rate_limit_requests: 30}\n");
        await using SettingsMonitor<LoadedSettings> monitor = await Start();
        Write("api: {port: 8200, rate_limit_requests: 40}\ncompliance: {pii_fields: [email]}\n");

        ReloadOutcome.Replaced replaced = Assert.IsType<ReloadOutcome.Replaced>(await monitor.ReloadAsync(TestContext.Current.CancellationToken));

        Assert.Equal(8200, monitor.Current.Section("api").Integer("port"));
        Assert.Equal(
            ["api.port: 8100 -> 8200 (needs a restart)", "api.rate_limit_requests: 30 -> 40", "compliance.pii_fields: [email, ip_address, user_id] -> [email]"],
            replaced.Changes.Select(change => change.ToString()));
        Assert.Same(replaced, Assert.Single(_outcomes));
    }

    [Fact]
    public async Task ReloadAsync_InvalidFile_KeepsTheLastGoodOneAndTellsEveryProblem()
    {
        Write("api: {port: 8100}\n");
        await using SettingsMonitor<LoadedSettings> monitor = await Start();
        LoadedSettings good = monitor.Current;
        Write("api: {port: 99999, prot: 1}\n");

        ReloadOutcome.Kept kept = Assert.IsType<ReloadOutcome.Kept>(await monitor.ReloadAsync(TestContext.Current.CancellationToken));

        Assert.Same(good, monitor.Current);
        Assert.Equal(
            ["tars.yaml:1:13: api.port: 99999 is not a whole number in [1, 65535]", "tars.yaml:1:20: api.prot: is not a known key; did you mean port?"],
            kept.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public async Task ReloadAsync_SameValues_IsUnchanged()
    {
        Write("api: {port: 8100}\n");
        await using SettingsMonitor<LoadedSettings> monitor = await Start();
        Write("# moved\napi:\n  port: 8100\n");

        Assert.IsType<ReloadOutcome.Unchanged>(await monitor.ReloadAsync(TestContext.Current.CancellationToken));
        Assert.Equal("tars.yaml:3:9", monitor.Current.Explain("api.port")!.Winner!.Origin.ToString());
    }

    [Fact]
    public async Task StartAsync_InvalidFile_Throws()
    {
        Write("api: {port: x}\n");

        await Assert.ThrowsAsync<SettingsException>(Start);
    }

    [Fact]
    public async Task Watch_FilesInMemory_AreReloadedOnceTheyAreCalm()
    {
        Write("api: {port: 1}\n");
        ManualTime time = new();
        await using SettingsMonitor<LoadedSettings> monitor = await Start();
        monitor.Watch(m => new FileWatch(Search, time, m.Request));
        time.Pass(FileWatch.PollInterval);
        Write("api: {port: 2\n");
        time.Pass(FileWatch.PollInterval);
        Write("api: {port: 2}\n");
        time.Pass(FileWatch.Calm);
        Assert.Empty(_outcomes);
        time.Pass(FileWatch.Calm);

        await Until(() => _outcomes.Count == 1);
        Assert.IsType<ReloadOutcome.Replaced>(_outcomes.Single());
        Assert.Equal(2, monitor.Current.Section("api").Integer("port"));
        time.Pass(FileWatch.PollInterval);
        time.Pass(FileWatch.PollInterval);
        Assert.Single(_outcomes);
    }

    [Fact]
    public async Task Watch_FileThatAppears_IsTakenUp()
    {
        Write("api: {port: 1}\n");
        ManualTime time = new();
        await using SettingsMonitor<LoadedSettings> monitor = await Start();
        monitor.Watch(m => new FileWatch(Search, time, m.Request));
        _files.Write(Path.Combine(Folder, "config", "local.yaml"), "api: {workers: 7}\n");
        time.Pass(FileWatch.PollInterval);
        time.Pass(FileWatch.Calm);

        await Until(() => _outcomes.Count == 1);
        Assert.Equal(7, monitor.Current.Section("api").Integer("workers"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_FileOnDisk_IsReloadedByTheSystemsNotice(bool replaceWhole)
    {
        using Settings settings = new();
        settings.File("tars.yaml", "api: {port: 1}\n");
        await using SettingsMonitor<LoadedSettings> monitor = await SettingsMonitor<LoadedSettings>.StartAsync(
            _ => Task.FromResult(settings.Load()), loaded => loaded, _outcomes.Enqueue, TestContext.Current.CancellationToken);
        monitor.Watch(m => new FileWatch(settings.Search, TimeProvider.System, m.Request));
        if (replaceWhole)
        {
            settings.File("new", "api: {port: 2}\n");
            File.Move(Path.Combine(settings.Folder, "new"), Path.Combine(settings.Folder, "tars.yaml"), overwrite: true);
        }
        else
        {
            settings.File("tars.yaml", "api: {port: 2}\n");
        }

        await Until(() => monitor.Current.Section("api").Integer("port") == 2);
    }

    [Fact]
    public async Task Watch_Signal_Reloads()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no SIGHUP on Windows");
        Write("api: {port: 1}\n");
        await using SettingsMonitor<LoadedSettings> monitor = await Start();
        monitor.Watch(m => new SignalWatch(m.Request));
        Write("api: {port: 2}\n");

        using Process kill = Process.Start("kill", $"-HUP {Environment.ProcessId}");
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        await Until(() => monitor.Current.Section("api").Integer("port") == 2);
    }

    [Fact]
    public async Task Request_SecretRotated_IsTakenUpWithoutRestart()
    {
        using Settings settings = new();
        settings.File(
            "tars.yaml",
            "secrets: {backend: vault}\nstorage: {database_url: \"postgresql://db/tars\", database_user: tars, redis_url: \"redis://r\", redis_password: \"${redis}\"}\napi: {auth_mode: jwt}\n");
        foreach (string name in (string[])["database_password", "redis", "jwt_secret"])
        {
            settings.Backend.Values[name] = "first " + name;
        }

        await using SettingsMonitor<LoadedSettings> monitor = await SettingsMonitor<LoadedSettings>.StartAsync(
            _ => settings.LoadAsync(), loaded => loaded, _outcomes.Enqueue, TestContext.Current.CancellationToken);
        foreach (string name in settings.Backend.Values.Keys.ToArray())
        {
            settings.Backend.Values[name] = "second " + name;
        }

        monitor.Request();
        await Until(() => _outcomes.Count == 1);

        Assert.Equal("second database_password", monitor.Current.Section("storage").Text("database_password"));
        Assert.Equal("second redis", monitor.Current.Section("storage").Text("redis_password"));
        Assert.Equal("second jwt_secret", monitor.Current.Section("api").Text("jwt_secret"));
        Assert.Equal(
            ["api.jwt_secret: (secret) -> (secret) (needs a restart)", "storage.database_password: (secret) -> (secret)", "storage.redis_password: (secret) -> (secret)"],
            Assert.IsType<ReloadOutcome.Replaced>(_outcomes.Single()).Changes.Select(change => change.ToString()));
    }

    [Fact]
    public async Task DisposeAsync_RequestAfterwards_DoesNothing()
    {
        Write("api: {port: 1}\n");
        SettingsMonitor<LoadedSettings> monitor = await Start();
        await monitor.DisposeAsync();
        await monitor.DisposeAsync();
        Write("api: {port: 2}\n");

        monitor.Request();

        Assert.Equal(1, monitor.Current.Section("api").Integer("port"));
        Assert.Empty(_outcomes);
    }

    private SettingsSearch Search => new() { WorkingFolder = Folder, Files = _files };

    private void Write(string yaml) => _files.Write(Path.Combine(Folder, "tars.yaml"), yaml);

    private Task<SettingsMonitor<LoadedSettings>> Start() => SettingsMonitor<LoadedSettings>.StartAsync(
        _ => Task.FromResult(SettingsLoader.Load(Search, TarsSchema.Instance)), loaded => loaded, _outcomes.Enqueue, TestContext.Current.CancellationToken);

    private static async Task Until(Func<bool> holds)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "nothing happened for a minute");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
