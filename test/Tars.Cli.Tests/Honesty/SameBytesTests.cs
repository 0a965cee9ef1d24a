using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Honesty;

/// <summary>A window analysed live and from a capture of the same backend gives the same bytes.</summary>
[Collection(RealBackend.Name)]
public sealed class SameBytesTests(BackfilledPrometheus backend, WeekCapture week) : IClassFixture<WeekCapture>, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Capture_RealPrometheus_IsWhole()
    {
        backend.Require();

        Assert.Equal((0, string.Empty), (week.Made!.ExitCode, WithoutWarnings(week.Made.Error)));
        Assert.StartsWith("captured 2025-12-29T00:00:00Z/2026-01-13T00:00:00Z from Prometheus ", week.Made.Output, StringComparison.Ordinal);
        await SchemaAssert.MatchesAsync(Path.Combine(week.Capture, "manifest.json"));
    }

    [Theory]
    [InlineData("kpi --from 2026-01-12 --to 2026-01-13 --interval 1h")]
    [InlineData("kpi --from 2026-01-08T06:00Z --to 2026-01-09T18:25Z")]
    [InlineData("kpi --from 2026-01-12T10:00Z --window 5m")]
    [InlineData("retro --from 2026-01-12 --to 2026-01-13")]
    [InlineData("retro --from 2026-01-09 --to 2026-01-12T12:00Z --services api")]
    [InlineData("stability --from 2026-01-10 --to 2026-01-13")]
    [InlineData("anomalies --from 2026-01-12 --to 2026-01-13")]
    [InlineData("daily --date 2026-01-12")]
    [InlineData("regressions --from 2026-01-12 --to 2026-01-13 --compare-to previous")]
    public async Task Report_LiveAndCaptured_SameBytes(string command)
    {
        backend.Require();
        string[] arguments = [.. command.Split(' '), "--config", Path.Combine(week.Folder, "week.yaml"), "-o", "json"];

        CommandResult live = await BuiltCommand.RunAsync(_folder.Path, [.. arguments, .. backend.Flags, "--output", "live"]);
        CommandResult captured = await BuiltCommand.RunAsync(_folder.Path, [.. arguments, "--capture", week.Capture, "--output", "captured"]);

        Assert.Equal((live.ExitCode, live.Output), (captured.ExitCode, captured.Output));
        SortedDictionary<string, byte[]> files = BuiltCommand.FilesOf(_folder.Combine("live"));
        Assert.NotEmpty(files);
        BuiltCommand.AssertSame(files, BuiltCommand.FilesOf(_folder.Combine("captured")));
        Assert.All(files.Values, bytes => Assert.Equal(-1, bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(backend.Require().Address.Authority))));
    }

    [Theory]
    [InlineData("--from 2026-01-12 --to 2026-01-14", "the window ends at 2026-01-14T00:00:00Z, after 2026-01-13T00:00:00Z", "choose a --to inside the capture")]
    [InlineData("--from 2025-12-01 --to 2026-01-05", "the window begins at 2025-12-01T00:00:00Z; the capture answers from 2025-12-29T00:00:00Z to 2026-01-13T00:00:00Z", "choose a window inside it")]
    public async Task Report_WindowOutsideTheCapture_IsAUsageError(string window, string error, string hint)
    {
        backend.Require();

        CommandResult result = await BuiltCommand.RunAsync(
            _folder.Path, ["kpi", "--config", Path.Combine(week.Folder, "week.yaml"), "--capture", week.Capture, .. window.Split(' '), "--output", "out"]);

        Assert.Equal((2, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith($"tars: error: {error}", result.Error, StringComparison.Ordinal);
        Assert.Contains($"tars: hint: {hint}", result.Error, StringComparison.Ordinal);
        Assert.Empty(BuiltCommand.FilesOf(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private static string WithoutWarnings(string error) =>
        string.Concat(error.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("tars: warning: ", StringComparison.Ordinal)));
}
