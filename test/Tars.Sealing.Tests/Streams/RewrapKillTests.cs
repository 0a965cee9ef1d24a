using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Streams;

/// <summary>
/// <c>kill -9</c> while 2,000 files are rewrapped: afterwards every file opens, with the old or the new key, to what it held. The killed process is
/// this program itself, told by a variable to rewrap. <c>TARS_KILL_COUNT</c> sets the number of kills; <c>bench/long/kill-rewrap.sh</c> takes 200.
/// </summary>
public sealed class RewrapKillTests : IDisposable
{
    private const string FolderVariable = "TARS_TEST_REWRAP_FOLDER";
    private const string VersionVariable = "TARS_TEST_REWRAP_VERSION";
    private const int Files = 2000;

    private static readonly int KillCount = int.Parse(Environment.GetEnvironmentVariable("TARS_KILL_COUNT") ?? "5", NumberStyles.None, CultureInfo.InvariantCulture);

    // A kill leaves what the system's cache holds, disk or not; without a disk 2,000 flushes take no time.
    private readonly string _folder = Directory.Exists("/dev/shm") ? $"/dev/shm/tars-test-{Guid.NewGuid():N}" : Directory.CreateTempSubdirectory("tars-test-").FullName;

    [Fact]
    public async Task Run_KilledAtRandomMoments_EachFileOpensWithTheOldOrTheNewKey()
    {
        Random random = new(Seeds.Draw());
        Directory.CreateDirectory(_folder);
        for (int i = 0; i < Files; i++)
        {
            await File.WriteAllBytesAsync(PathOf(i), await SealedSample.SealAsync(ContentOf(i), new SealOptions(), SealedSample.Key("ring")), Cancelled);
        }

        int version = 2;
        int between = 0;
        for (int kill = 0; kill < KillCount; kill++)
        {
            await using RunningCommand running = Start(version);
            int moment = random.Next(1, Files / 2);
            while (running.Output.Length < moment && !running.HasExited)
            {
                await Task.Delay(1, Cancelled);
            }

            await running.SignalAsync("KILL", Cancelled);
            Assert.Contains((await running.WaitAsync(Cancelled)).ExitCode, new[] { 0, 137 });
            int done = await CountRewrappedAsync(version);
            between += done is > 0 and < Files ? 1 : 0;
            version += done == Files ? 1 : 0;
        }

        CommandResult last = await Start(version).WaitAsync(Cancelled);
        Assert.True(last.ExitCode == 0, last.Error);
        Assert.Equal(Files, await CountRewrappedAsync(version));
        Assert.True(between > 0, "no kill fell into the work");
        Assert.Equal(Files, Directory.EnumerateFiles(_folder).Count()); // and what the killed runs left is gone
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Rewraps instead of running tests when the variable says so; writes a dot for each file.</summary>
    [ModuleInitializer]
    internal static void RewrapWhenTold()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } folder)
        {
            return;
        }

        int version = int.Parse(Environment.GetEnvironmentVariable(VersionVariable)!, NumberStyles.None, CultureInfo.InvariantCulture);
        foreach (RewrapResult result in Rewrapping.Run([folder], [SealedSample.Key("ring", version - 1)], SealedSample.Key("ring", version), CancellationToken.None))
        {
            Console.Out.Write(result is RewrapResult.Refused ? throw new UnreachableException(result.ToString()) : '.');
        }

        Environment.Exit(0);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string PathOf(int file) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{file:0000}.sealed"));

    private static byte[] ContentOf(int file) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"the report of file {file}"));

    private RunningCommand Start(int version) => new CommandLine(Path.Combine(AppContext.BaseDirectory, "Tars.Sealing.Tests"))
    {
        Environment = new Dictionary<string, string?>
        {
            [FolderVariable] = _folder,
            [VersionVariable] = version.ToString(CultureInfo.InvariantCulture),
        },
    }.Start();

    /// <summary>Opens every file; counts those that the new key opens.</summary>
    private async Task<int> CountRewrappedAsync(int version)
    {
        int rewrapped = 0;
        for (int i = 0; i < Files; i++)
        {
            (OpenResult result, byte[] content) = await SealedSample.OpenAsync(
                await File.ReadAllBytesAsync(PathOf(i), Cancelled), SealedSample.Key("ring", version - 1), SealedSample.Key("ring", version));
            OpenResult.Opened opened = Assert.IsType<OpenResult.Opened>(result);
            Assert.Equal(ContentOf(i), content);
            rewrapped += opened.OpenedWith.Version == version ? 1 : 0;
        }

        return rewrapped;
    }
}
