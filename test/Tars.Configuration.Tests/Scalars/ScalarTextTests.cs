using Tars.Configuration.Scalars;

namespace Tars.Configuration.Tests.Scalars;

public class ScalarTextTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("7d", 604800)]
    [InlineData("500ms", 0.5)]
    [InlineData("1m500ms", 60.5)]
    [InlineData("0s", 0)]
    public void Duration_Written_IsReadAndWrittenBack(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
        Assert.Equal(text, DurationText.Format(duration));
    }

    [Fact]
    public void Duration_Weeks_AreReadAndWrittenAsDays()
    {
        Assert.True(DurationText.TryParse("2w1d", out TimeSpan duration));
        Assert.Equal("15d", DurationText.Format(duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("1.5h")]
    [InlineData("30m1h")]
    [InlineData("1h1h")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("5M")]
    [InlineData("1y")]
    [InlineData("99999999999d")]
    [InlineData("9999999999999d")]
    public void Duration_OtherText_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void Duration_AnyMilliseconds_ReadsBack()
    {
        Random random = new(20261123);
        for (int i = 0; i < 1000; i++)
        {
            TimeSpan duration = TimeSpan.FromMilliseconds(random.NextInt64(1L << random.Next(1, 41)));
            Assert.True(DurationText.TryParse(DurationText.Format(duration), out TimeSpan read));
            Assert.Equal(duration, read);
        }
    }

    [Theory]
    [InlineData("99.9%", 0.999)]
    [InlineData("0.999", 0.999)]
    [InlineData("99.99%", 0.9999)]
    [InlineData("100%", 1)]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("0%", 0)]
    public void Ratio_Written_IsTheNearestDouble(string text, double expected)
    {
        Assert.True(RatioText.TryParse(text, out double ratio));
        Assert.Equal(expected, ratio);
    }

    [Theory]
    [InlineData("99.9", "0.999 or 99.9%")]
    [InlineData("95", "0.95 or 95%")]
    [InlineData("101%", "a number such as 0.999 or a percentage such as 99.9%")]
    [InlineData("-0.1", "a number such as 0.999 or a percentage such as 99.9%")]
    [InlineData("NaN", "a number such as 0.999 or a percentage such as 99.9%")]
    [InlineData("%", "a number such as 0.999 or a percentage such as 99.9%")]
    [InlineData("99,9%", "a number such as 0.999 or a percentage such as 99.9%")]
    public void Ratio_OtherText_IsRefusedWithASuggestion(string text, string suggestion)
    {
        Assert.False(RatioText.TryParse(text, out _));
        Assert.Equal(suggestion, RatioText.Suggest(text));
    }

    [Theory]
    [InlineData("64MiB", 67108864)]
    [InlineData("64MB", 64000000)]
    [InlineData("1KiB", 1024)]
    [InlineData("10kB", 10000)]
    [InlineData("7B", 7)]
    public void ByteSize_Written_IsRead(string text, long expected)
    {
        Assert.True(ByteSizeText.TryParse(text, out long bytes));
        Assert.Equal(expected, bytes);
        Assert.True(ByteSizeText.TryParse(ByteSizeText.Format(bytes), out long again));
        Assert.Equal(bytes, again);
    }

    [Theory]
    [InlineData("64")]
    [InlineData("64 MiB")]
    [InlineData("1.5GiB")]
    [InlineData("-1B")]
    [InlineData("MiB")]
    [InlineData("9999999999999TiB")]
    public void ByteSize_OtherText_IsRefused(string text) => Assert.False(ByteSizeText.TryParse(text, out _));

    [Theory]
    [InlineData("2026-11-28T01:00Z", "2026-11-28T01:00:00Z")]
    [InlineData("2026-11-28T01:00+02:00", "2026-11-27T23:00:00Z")]
    [InlineData("2026-11-28T01:00:30.250-05:30", "2026-11-28T06:30:30.250Z")]
    public void Instant_Written_IsReadInUtc(string text, string expected)
    {
        Assert.True(InstantText.TryParse(text, out DateTimeOffset instant));
        Assert.Equal(TimeSpan.Zero, instant.Offset);
        Assert.Equal(expected, InstantText.Format(instant));
    }

    [Theory]
    [InlineData("2026-11-28")]
    [InlineData("2026-11-28T01:00")]
    [InlineData("2026-11-28 01:00Z")]
    [InlineData("2026-02-30T01:00Z")]
    [InlineData("2026-11-28T25:00Z")]
    [InlineData("28.11.2026T01:00Z")]
    [InlineData("")]
    public void Instant_OtherText_IsRefused(string text) => Assert.False(InstantText.TryParse(text, out _));

    [Theory]
    [InlineData("8100", true)]
    [InlineData("-1", true)]
    [InlineData("0", true)]
    [InlineData("0100", false)]
    [InlineData("+1", false)]
    [InlineData("1_000", false)]
    [InlineData("1.0", false)]
    [InlineData("99999999999999999999", false)]
    [InlineData("-", false)]
    [InlineData("", false)]
    public void Integer_Text_IsReadOrRefused(string text, bool expected) => Assert.Equal(expected, NumberText.TryParseInteger(text, out _));

    [Theory]
    [InlineData("0.5", 0.5)]
    [InlineData("1e6", 1e6)]
    [InlineData("-3", -3.0)]
    [InlineData(".5", null)]
    [InlineData("NaN", null)]
    [InlineData("Infinity", null)]
    [InlineData("1e999", null)]
    [InlineData("0x10", null)]
    [InlineData("1,5", null)]
    public void Number_Text_IsReadOrRefused(string text, double? expected) =>
        Assert.Equal(expected, NumberText.TryParse(text, out double value) ? value : null);
}
