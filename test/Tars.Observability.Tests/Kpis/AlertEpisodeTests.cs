using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Tests.Indicators;
using Tars.TestKit.Notation;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Kpis;

public sealed class AlertEpisodeTests
{
    private static async Task<IReadOnlyList<AlertEpisode>> EpisodesAsync(string alert, string memory = "1x120")
    {
        RawSamples raw = new RawSamples()
            .Add("ALERTS", "alertname=\"HighErrorRate\",alertstate=\"firing\",severity=\"critical\"", Start.AddMinutes(1), Minute, SeriesNotation.Parse(alert))
            .Add("process_resident_memory_bytes", "job=\"shop\",instance=\"a\"", Start.AddMinutes(1), Minute, SeriesNotation.Parse(memory));
        SeriesSet set = await raw.CollectAsync(Hours(2), Minute, null, true, Service("shop", Memory));
        return AlertEpisode.Of(set, set.Window);
    }

    [Fact]
    public async Task Of_ThreeHoursOfFiring_CountOnce()
    {
        AlertEpisode episode = Assert.Single(await EpisodesAsync("_x10 1x29"));
        Assert.Equal(("HighErrorRate", "critical", 30.0, false, false), (episode.Name, episode.Severity, episode.Minutes, episode.IsFiringAtEnd, episode.BeganBefore));
        Assert.Equal(Start.AddMinutes(10), episode.Start);
        Assert.Null(episode.Labels["alertstate"]);
    }

    [Theory]
    [InlineData("_x10 1x9 _x5 1x9", 1)] // five minutes of silence: the same alert
    [InlineData("_x10 1x9 _x6 1x9", 2)] // six: it resolved and fired again
    public async Task Of_Silence_EndsAnEpisodeAfterFiveMinutes(string alert, int count) => Assert.Equal(count, (await EpisodesAsync(alert)).Count);

    [Fact]
    public async Task Of_BackendAway_BridgesTheGapAndSaysSo()
    {
        AlertEpisode episode = Assert.Single(await EpisodesAsync("_x10 1x9 _x30 1x9", "1x19 _x30 1x70"));
        Assert.Equal((30.0, true), (episode.BridgedMinutes, episode.BridgesDataGap));
    }

    [Fact]
    public async Task Of_FiringInFirstAndLastStep_HasUnknownEnds()
    {
        AlertEpisode episode = Assert.Single(await EpisodesAsync("1x120"));
        Assert.Equal((true, true), (episode.BeganBefore, episode.IsFiringAtEnd));
    }
}
