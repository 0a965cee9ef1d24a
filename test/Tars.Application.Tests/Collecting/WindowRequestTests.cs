using Tars.Application.Collecting;
using Tars.Observability.TimeSeries;
using Xunit;

namespace Tars.Application.Tests.Collecting;

public sealed class WindowRequestTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Latest = new(2026, 1, 10, 12, 34, 56, TimeSpan.Zero);

    [Fact]
    public void Resolve_NothingSaidLive_EndsAtLatestOnAStep()
    {
        TimeWindow window = WindowRequest.Unspecified.Resolve(Minute, Latest, null, TimeSpan.FromHours(24));

        Assert.Equal("2026-01-09T12:34:00Z/2026-01-10T12:34:00Z", window.ToString());
    }

    [Fact]
    public void Resolve_NothingSaidCapture_IsTheWholeCapture()
    {
        TimeWindow captured = new(Latest.AddDays(-14), Latest);

        Assert.Equal(captured, WindowRequest.Unspecified.Resolve(Minute, Latest, captured, TimeSpan.FromHours(24)));
    }

    [Fact]
    public void Resolve_FromAndLength_EndsAfterLength()
    {
        WindowRequest request = new(new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero), null, TimeSpan.FromDays(2));

        Assert.Equal("2026-01-05T00:00:00Z/2026-01-07T00:00:00Z", request.Resolve(Minute, Latest, null, Minute).ToString());
    }

    [Fact]
    public void Resolve_EndNotFinalYet_IsRefused()
    {
        WindowRequest request = new(null, Latest.AddMinutes(1), null);

        WindowException exception = Assert.Throws<WindowException>(() => request.Resolve(Minute, Latest, null, TimeSpan.FromHours(1)));

        Assert.Contains("after 2026-01-10T12:34:56Z", exception.Message, StringComparison.Ordinal);
        Assert.Contains("settle_delay", exception.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_AllThree_IsRefused()
    {
        WindowRequest request = new(Latest.AddDays(-2), Latest.AddDays(-1), TimeSpan.FromHours(1));

        Assert.Throws<WindowException>(() => request.Resolve(Minute, Latest, null, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Resolve_EndBeforeStart_IsRefused()
    {
        WindowRequest request = new(Latest.AddDays(-1), Latest.AddDays(-2), null);

        Assert.Throws<WindowException>(() => request.Resolve(Minute, Latest, null, TimeSpan.FromHours(1)));
    }
}
