using Tars.Observability.Indicators;

namespace Tars.Observability.Tests.Indicators;

/// <summary>Instances per version are written as runs, <c>4x60</c> for four of them in sixty steps; expected changes are read off the runs.</summary>
public sealed class VersionRunsTests
{
    [Theory]
    [InlineData("4x60 0x60", "0x60 4x60", "60: v1 to v2")]
    [InlineData("4x60 2x4 0x56", "0x60 2x4 4x56", "60: v1 to v2")] // a rolling update
    [InlineData("4x60 0x60 4x60", "0x60 4x60 0x60", "60: v1 to v2, 120: v2 to v1")] // and back
    [InlineData("4x60 0x60 2x5 4x55", "0x60 4x60 2x5 0x55", "60: v1 to v2, 120: v2 to v1")]
    [InlineData("4x60 2x40 4x60", "0x60 2x40 0x60", "60: v1 to v2, 100: v2 to v1")] // stopped half way
    [InlineData("4x60 0x60 4x60 0x60", "0x60 4x60 0x60 4x60", "60: v1 to v2, 120: v2 to v1, 180: v1 to v2")]
    [InlineData("4x180", "0x60 1x60 0x60", "60: v1 to v2")] // a canary besides: nothing shows that anybody went back
    [InlineData("2x180", "2x60 0x60 2x60", "")] // two regions with a version each, one of them not scraped for an hour
    [InlineData("2x60 0x60 2x60", "2x180", "")]
    [InlineData("4x60 0x5 4x60", "0x125", "")] // a gap
    [InlineData("4x60 0x60", "0x65 4x55", "65: v1 to v2")] // a restart with a pause
    [InlineData("2x60 1x3 2x57", "2x60 0x3 2x57", "")] // three scrapes that failed
    public void Changes_Runs_AreDeployments(string first, string second, string expected)
    {
        Dictionary<string, int[]> presence = new(StringComparer.Ordinal) { ["v1"] = Counts(first), ["v2"] = Counts(second) };
        Assert.Equal(expected, string.Join(", ", new VersionRuns(presence, 15).Changes().Select(change => $"{change.Step}: {change.From} to {change.To}")));
    }

    private static int[] Counts(string runs) =>
        [.. runs.Split(' ').Select(run => run.Split('x')).SelectMany(run => Enumerable.Repeat(int.Parse(run[0], null), int.Parse(run[1], null)))];
}
