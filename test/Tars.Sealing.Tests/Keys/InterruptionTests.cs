using System.Globalization;
using Tars.Sealing.Keys;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Keys;

/// <summary>
/// A ring whose writer is killed at random moments is whole afterwards, and goes on. Three kills, or the number in <c>TARS_KILL_COUNT</c>.
/// The writer is this test program, started again for its one test that writes.
/// </summary>
public sealed class InterruptionTests
{
    private const string WriterVariable = "TARS_RING_WRITER";

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("TARS_KILL_COUNT"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 3;

    [Fact]
    public async Task Change_KilledAtAnyMoment_LeavesAWholeRing()
    {
        using TemporaryDirectory folder = new();
        KeyRing ring = new(folder.Combine("ring"), TimeProvider.System);
        ring.Create();
        ring.CreateEncryption(null);
        Random random = new(Seeds.Draw());
        int versions = 1;
        for (int kill = 0; kill < Count; kill++)
        {
            await using (RunningCommand writer = new CommandLine(Environment.ProcessPath!, "-explicit", "only", "-method", "*" + nameof(Write_UntilKilled))
            {
                Environment = new Dictionary<string, string?> { [WriterVariable] = ring.FullPath },
            }.Start())
            {
                await Until(() => ring.Entries().Count > versions);
                await Task.Delay(random.Next(60), TestContext.Current.CancellationToken);
            }

            IReadOnlyList<KeyEntry> entries = ring.Entries();
            Assert.Equal(Enumerable.Range(1, entries.Count), entries.Select(entry => entry.Version));
            Assert.All(entries, entry => ring.OpenEncryption(entry, null).Dispose());
            versions = ring.RotateEncryption(null).Added[0].Version;
            Assert.Equal(entries.Count + 1, versions);
            Assert.Empty(Directory.EnumerateFiles(ring.FullPath, "*.tmp"));
        }
    }

    [Fact(Explicit = true)]
    public void Write_UntilKilled()
    {
        KeyRing ring = new(Environment.GetEnvironmentVariable(WriterVariable)!, TimeProvider.System);
        for (int i = 0; i < 100_000; i++)
        {
            ring.RotateEncryption(null);
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; i < 2400 && !condition(); i++)
        {
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        Assert.True(condition(), "the writer wrote nothing");
    }
}
