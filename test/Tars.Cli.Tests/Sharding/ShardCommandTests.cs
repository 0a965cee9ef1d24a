using System.Text.Json.Nodes;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sharding;

/// <summary>Reports in parts, made by processes as a Kubernetes Indexed Job makes them.</summary>
public sealed class ShardCommandTests(ShardedFleet fleet) : IClassFixture<ShardedFleet>, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Theory]
    [InlineData("retro --from 2026-01-17 --to 2026-01-18")]
    [InlineData("kpi --from 2026-01-17T06:00Z --window 12h --interval 1h")]
    [InlineData("stability --from 2026-01-16 --to 2026-01-18")]
    [InlineData("anomalies --from 2026-01-17 --to 2026-01-18 --method zscore --services search,cache,checkout")]
    [InlineData("daily --date 2026-01-17 --day 3")]
    [InlineData("regressions --from 2026-01-13 --to 2026-01-14 --compare-to previous")]
    public async Task Merge_ShardsOfProcesses_WritesAndPrintsWhatOneRunDoes(string command)
    {
        string[] line = [.. command.Split(' '), .. Live()];
        string noun = line[0];
        CommandResult whole = await RunAsync([.. line, "--output", "whole", "-o", "json"]);
        Assert.True(whole.ExitCode is 0 or 1 or 4, whole.Error);

        for (int index = 0; index < 3; index++)
        {
            CommandResult shard = await RunAsync([.. line, "--output", "shards", "--shard", $"{index}/3"]);
            Assert.True(shard.ExitCode == 0, shard.Error);
            Assert.Contains($"shard {index} of 3 (the first is 0): ", shard.Output, StringComparison.Ordinal);
            Assert.Contains($"no report: with all 3 shards 'tars {noun} merge shards' makes it", shard.Output, StringComparison.Ordinal);
            await SchemaAssert.MatchesAsync(_folder.Combine("shards", $"shard-{index}-of-3", "shard.json"));
        }

        // Where they are merged no backend answers: nothing is read.
        CommandResult merged = await RunAsync(noun, "merge", "shards", "--config", "tars.yaml", "--output", "merged", "-o", "json");
        Assert.Equal((whole.ExitCode, whole.Output), (merged.ExitCode, merged.Output));
        BuiltCommand.AssertSame(BuiltCommand.FilesOf(_folder.Combine("whole")), BuiltCommand.FilesOf(_folder.Combine("merged")));
    }

    [Fact]
    public async Task Merge_ShardsThatAreNotOneReport_IsRefusedAndNamesWhy()
    {
        string[] line = ["kpi", .. Live(), "--services", "cache,search,payment", "--window", "1h"];
        async Task MakeAsync(string folder, string shard, string to, params string[] more)
        {
            CommandResult made = await RunAsync([.. line, "--to", to, "--output", folder, "--shard", shard, .. more]);
            Assert.True(made.ExitCode == 0, made.Error);
        }

        const string noon = "2026-01-12T12:00:00Z";
        await MakeAsync("s", "0/2", noon);
        await RefusedAsync("1 of 2 shards is missing: 1\ntars: hint: make it with --shard 1/2, or name the folder; nothing was merged", "s");
        await MakeAsync("other", "1/2", "2026-01-12T13:00:00Z");
        await RefusedAsync("shard 1 of 2 is of the window 2026-01-12T12:00:00Z/2026-01-12T13:00:00Z", "s", "other");
        await MakeAsync("interval", "1/2", noon, "--interval", "10m");
        await RefusedAsync("shard 1 of 2 has the options '--interval 10m'", "s", "interval");
        await MakeAsync("step", "1/2", noon, "--set", "observability.coverage_minimum=80%");
        await RefusedAsync("shard 1 of 2 was made with another configuration", "s", "step");
        await MakeAsync("thirds", "2/3", noon);
        await RefusedAsync("shard 2 of 3, but ", "s", "thirds");
        await MakeAsync("again", "0/2", noon);
        await RefusedAsync("shard 0 of 2 is there 2 times: ", "s", "again");
        await MakeAsync("s", "1/2", noon);
        CommandResult retro = await RunAsync("retro", "merge", "s", "--config", "tars.yaml", "--output", "out");
        Assert.Contains("is one of 'tars kpi', not of 'tars retro'", retro.Error, StringComparison.Ordinal);
        await RefusedAsync("there is no such folder", "nowhere");
        Directory.CreateDirectory(_folder.Combine("empty"));
        await RefusedAsync("no shard is there (shard.json is missing)", "empty");

        CommandResult merged = await RunAsync("kpi", "merge", "s", "--config", "tars.yaml", "--output", "out");
        Assert.True(merged.ExitCode is 0 or 1, merged.Error);
    }

    [Fact]
    public async Task Merge_AnyFileOfAShardChanged_IsRefused()
    {
        CommandResult made = await RunAsync(["kpi", .. Live(), "--services", "cache", "--from", "2026-01-12", "--window", "1h", "--output", "s", "--shard", "0/1"]);
        Assert.True(made.ExitCode == 0, made.Error);
        Random random = new(Seeds.Draw());
        string[] files = Directory.GetFiles(_folder.Combine("s"), "*", SearchOption.AllDirectories);
        Assert.Equal(4, files.Count(file => Path.GetExtension(file) != ".parquet")); // manifest and digests of the shard and of its capture
        foreach (string file in files.GroupBy(file => Path.GetExtension(file) == ".parquet" ? ".parquet" : file).Select(same => same.First()))
        {
            byte[] content = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            byte[] changed = [.. content];
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(7));
            await File.WriteAllBytesAsync(file, changed, TestContext.Current.CancellationToken);

            CommandResult refused = await RunAsync("kpi", "merge", "s", "--config", "tars.yaml", "--output", "out");

            Assert.True(refused.ExitCode is 2 or 3, $"{file}: {refused.ExitCode}");
            Assert.False(Directory.Exists(_folder.Combine("out")), file);
            await File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("retro --window 1d --shard 0/2", "--shard: without an end the window would depend on when each shard begins", "give every shard the same --to, with --from or --window")]
    [InlineData("daily --shard 0/2", "--shard: without an end the window would depend on when each shard begins", "give every shard the same --date")]
    [InlineData("kpi --to 2026-01-12 --shard 2/2", "there is no part 2/2: the first of 2 is 0 and the last 1", "write --shard 1/2 for the last")]
    [InlineData("kpi --to 2026-01-12 --shard 0/2 --output none", "--output: a shard is files; 'none' makes none", "write --output shards")]
    [InlineData("kpi --to 2026-01-12 --shard 0/2 -o json", "--format: a shard is no report", "give it to 'tars kpi merge'")]
    [InlineData("retro --to 2026-01-12 --shard 0/2 --fail-on budget", "--fail-on: a shard is no report", "give it to 'tars retro merge'")]
    [InlineData("stability --to 2026-01-12 --shard 0/2 --baseline b.json", "--baseline: b.json: there is no such file", null)]
    [InlineData("kpi merge", "a folder with the shards is needed", "write for example tars kpi merge shards")]
    public async Task Shard_WhatItCannotBeAsked_IsAUsageError(string command, string error, string? hint)
    {
        string[] live = Live();
        string[] line = command.Split(' ');
        CommandResult result = await RunAsync([.. line, .. line.Contains("merge") ? live[..2] : live]);

        Assert.Equal((2, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains(error.Replace("--baseline: b.json", "b.json", StringComparison.Ordinal), result.Error, StringComparison.Ordinal);
        Assert.True(hint is null || result.Error.Contains($"tars: hint: {hint}\n", StringComparison.Ordinal), result.Error);
    }

    [Fact]
    public async Task Shard_MoreThanServices_HoldsNoneAndSaysSo()
    {
        CommandResult made = await RunAsync(["kpi", .. Live(), "--services", "cache", "--from", "2026-01-12", "--window", "1h", "--output", "s", "--shard", "1/2"]);

        Assert.True(made.ExitCode == 0, made.Error);
        Assert.StartsWith("shard 1 of 2 (the first is 0): 0 of 1 services\n", made.Output, StringComparison.Ordinal);
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(_folder.Combine("s", "shard-1-of-2", "shard.json"), TestContext.Current.CancellationToken))!;
        Assert.Empty(manifest["captures"]!.AsArray());
    }

    public void Dispose() => _folder.Dispose();

    private string[] Live()
    {
        File.Copy(RepositoryRoot.PathOf("samples/demo.yaml"), _folder.Combine("tars.yaml"), overwrite: true);
        return ["--config", "tars.yaml", "--prometheus-url", fleet.Address.ToString()];
    }

    private async Task RefusedAsync(string error, params string[] folders)
    {
        CommandResult refused = await RunAsync(["kpi", "merge", .. folders, "--config", "tars.yaml", "--output", "out"]);
        Assert.Equal((2, string.Empty), (refused.ExitCode, refused.Output));
        Assert.Contains(error, refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("out")));
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => BuiltCommand.RunAsync(_folder.Path, arguments);
}
