using Microsoft.Extensions.Time.Testing;
using Tars.TestKit;
using Xunit;
using Xunit.Sdk;

namespace Tars.Repository.Tests.TestKit;

public sealed class EnvironmentTests
{
    [Fact]
    public void Require_MissingProgram_SkipsOrFailsWithItsName()
    {
        bool required = Environment.GetEnvironmentVariable(Executables.RequireVariable) == "1";
        Exception outcome = SkipOrFailure(() => Executables.Require("no-such-server"));
        Assert.Equal(required, outcome is FailException);
        Assert.Contains("`no-such-server` is not on PATH", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_MissingTestData_SkipsWithItsName()
    {
        Exception outcome = SkipOrFailure(() => TestData.Require("no/such/file.csv"));
        Assert.IsType<SkipException>(outcome);
        Assert.Contains("no/such/file.csv", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_ManySeeds_FollowFromOnePrintedSeed()
    {
        int[] seeds = Seeds.DrawMany(50);
        string printed = TestContext.Current.TestOutputHelper!.Output;
        int seed = int.Parse(printed.Split("seed ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Random random = new(seed);
        Assert.Equal(seeds, Enumerable.Range(0, 50).Select(_ => random.Next()));
    }

    [Fact]
    public void FakeClock_AdvancedByHand_FiresItsTimers()
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        int ticks = 0;
        using ITimer timer = clock.CreateTimer(_ => ticks++, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(3, ticks);
    }

    [Fact]
    public void Dispose_DirectoryWithFiles_RemovesThem()
    {
        TemporaryDirectory folder = new();
        folder.WriteText("a/b.txt", "x");
        folder.Dispose();
        Assert.False(Path.Exists(folder.Path));
    }

    // Assert.Throws lets a skip through to the runner: here the skip itself is what is tested.
    private static Exception SkipOrFailure(Func<string> require)
    {
        try
        {
            return new InvalidOperationException("neither skipped nor failed: " + require());
        }
        catch (SkipException skip)
        {
            return skip;
        }
        catch (FailException failure)
        {
            return failure;
        }
    }
}
