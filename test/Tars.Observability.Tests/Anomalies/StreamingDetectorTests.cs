using Tars.Observability.Anomalies;
using Tars.TestKit;

namespace Tars.Observability.Tests.Anomalies;

public sealed class StreamingDetectorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Next_StreamCutAnywhere_ScoresTheSameUpToThere()
    {
        Random random = new(Seeds.Draw());
        double[] values = [.. Enumerable.Range(0, 900).Select(i => random.NextDouble() < 0.02 ? double.NaN : Math.Sin(i / 20.0) + (random.NextDouble() < 0.01 ? 5 : 0.1 * random.NextDouble()))];
        ScoredPoint[] whole = Scores(values);
        foreach (int length in (int[])[1, 60, 333, 700])
        {
            Assert.Equal(whole[..length], Scores(values[..length]));
        }
    }

    [Fact]
    public void Next_JumpAfterARegularStream_IsTheHighestScoreAndAnAnomaly()
    {
        Random random = new(Seeds.Draw());
        double[] values = [.. Enumerable.Range(0, 2000).Select(i => 10 + Math.Sin(2 * Math.PI * i / 288) + (0.1 * random.NextDouble()) + (i >= 1500 && i < 1530 ? 8 : 0))];
        ScoredPoint[] scores = Scores(values);
        int loudest = Enumerable.Range(300, scores.Length - 300).MaxBy(i => scores[i].Score); // a first season (288) is needed to know it
        Assert.InRange(loudest, 1500, 1505);
        Assert.True(scores[loudest].IsAnomaly);
        Assert.All(scores, point => Assert.InRange(point.Score, 0, 1));
        Assert.InRange(scores[1499].ExpectedHigh, 9, 14);
    }

    [Fact]
    public void Next_MissingValue_ScoresZeroAndBlindsNobody()
    {
        double[] values = [.. Enumerable.Range(0, 1000).Select(i => 10 + Math.Sin(i / 5.0))];
        values[800] = double.NaN;
        values[802] = 1000;
        ScoredPoint[] scores = Scores(values);
        Assert.Equal(0, scores[800].Score);
        Assert.False(scores[800].IsAnomaly);
        Assert.True(scores[802].IsAnomaly);
    }

    [Fact]
    public void Next_ConstantStream_NeverScores() => Assert.All(Scores(new double[500]), point => Assert.Equal(0, point.Score));

    private static ScoredPoint[] Scores(double[] values)
    {
        StreamingDetector detector = new();
        return [.. values.Select((value, i) => detector.Next(Start.AddMinutes(5 * i), value))];
    }
}
