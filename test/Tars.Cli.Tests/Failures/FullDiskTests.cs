using System.Globalization;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Failures;

/// <summary>A disk that fills up: exit 3 with the path, no partial file, the earlier report untouched.</summary>
[Collection(FleetBackends.Name)]
public sealed class FullDiskTests(SmallFleet fleet) : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private string? _disk;

    [Fact]
    public async Task Kpi_NoRoomForTheReport_Exits3WithoutAFile()
    {
        string disk = await MountAsync(8);

        CommandResult result = await RunAsync("kpi", Path.Combine(disk, "out"));

        Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith($"tars: error: {Path.Combine(disk, "out", "ga_kpi_summary.json")}: cannot be written: No space left on device", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("tars: hint: nothing was replaced; free space or choose another --output\n", result.Error, StringComparison.Ordinal);
        Assert.Empty(BuiltCommand.FilesOf(disk));
    }

    [Fact]
    public async Task Kpi_DiskFullSinceTheLastReport_KeepsIt()
    {
        string disk = await MountAsync(512);
        string output = Path.Combine(disk, "out");
        Assert.Equal(0, (await RunAsync("kpi", output)).ExitCode);
        SortedDictionary<string, byte[]> earlier = BuiltCommand.FilesOf(output);
        FillUp(Path.Combine(disk, "other"));

        CommandResult result = await BuiltCommand.RunAsync(
            _folder.Path, ["kpi", .. fleet.Flags, .. fleet.NextWindow, "--prometheus-url", fleet.Address.AbsoluteUri, "--output", output]);

        Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains(output, result.Error, StringComparison.Ordinal);
        BuiltCommand.AssertSame(earlier, BuiltCommand.FilesOf(output));
    }

    [Fact]
    public async Task Capture_NoRoom_Exits3AndGoesOnWhenThereIsRoom()
    {
        string disk = await MountAsync(32);
        string output = Path.Combine(disk, "held");

        CommandResult result = await RunAsync("capture", output);

        Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains(output, result.Error, StringComparison.Ordinal);
        Assert.Contains("No space left on device", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(BuiltCommand.FilesOf(output).Keys, name => name.EndsWith(".tmp", StringComparison.Ordinal) || name == "manifest.json");
        CommandResult larger = await new TestKit.CommandLine("mount", "-o", "remount,size=8m", disk).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, larger.ExitCode);
        Assert.Equal(0, (await RunAsync("capture", output)).ExitCode);
        await SchemaAssert.MatchesAsync(Path.Combine(output, "manifest.json"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_disk is not null)
        {
            await new TestKit.CommandLine("umount", _disk).RunAsync();
        }

        _folder.Dispose();
    }

    /// <summary>Mounts a disk in memory; skips the test where that is not allowed.</summary>
    private async Task<string> MountAsync(int kibibytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "a disk in memory is mounted by root on Linux only");
        string disk = Directory.CreateDirectory(_folder.Combine("disk")).FullName;
        string size = string.Create(CultureInfo.InvariantCulture, $"size={kibibytes}k");
        CommandResult mount = await new TestKit.CommandLine("mount", "-t", "tmpfs", "-o", size, "tmpfs", disk).RunAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(mount.ExitCode == 0, $"no disk in memory can be mounted here: {mount.Error.Trim()}");
        _disk = disk;
        return disk;
    }

    private Task<CommandResult> RunAsync(string command, string output) => BuiltCommand.RunAsync(
        _folder.Path, [command, .. fleet.Flags, .. fleet.Window, "--prometheus-url", fleet.Address.AbsoluteUri, "--output", output]);

    private static void FillUp(string path)
    {
        byte[] page = new byte[4096];
        try
        {
            using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (file.Length < 64L << 20)
            {
                file.Write(page);
            }

            Assert.Fail("the disk does not fill up");
        }
        catch (IOException)
        {
            // Now it is full.
        }
    }
}
