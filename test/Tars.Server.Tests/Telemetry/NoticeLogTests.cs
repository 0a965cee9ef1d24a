using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tars.Server.Telemetry;
using Xunit;

namespace Tars.Server.Tests.Telemetry;

public sealed class NoticeLogTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero);

    [Fact]
    public void Log_AsText_IsOneLineWithTimeAndLevel() => Assert.Equal(
        "2026-01-02T03:04:05.006Z WARNING it is lost; and found (IOException)" + Environment.NewLine, Told(false, "Tars.Server.Limits", log => log.LogWarning(new IOException("secret"), "it is lost;\nand {What}", "found")));

    [Fact]
    public void Log_AsJson_IsAnObjectWithoutTheWordsOfTheException()
    {
        using JsonDocument line = JsonDocument.Parse(Told(true, "Tars.Server.Limits", log => log.LogError(new IOException("secret"), "a \"line\"\nof two")));
        Assert.Equal("""{"timestamp":"2026-01-02T03:04:05.006Z","level":"ERROR","logger":"Tars.Server.Limits","message":"a \u0022line\u0022\nof two","exception":"IOException"}""", line.RootElement.GetRawText());
    }

    [Theory]
    [InlineData("INFO", LogLevel.Information, true)]
    [InlineData("INFO", LogLevel.Debug, false)]
    [InlineData("ERROR", LogLevel.Warning, true)]
    [InlineData("WARNING", LogLevel.Information, false)]
    [InlineData("DEBUG", LogLevel.Debug, true)]
    public void Log_ByLevel_IsToldOrNot(string word, LogLevel level, bool isTold) => Assert.Equal(isTold, Told(false, "Tars.X", log => log.Log(level, "said"), word).Length > 0);

    [Fact]
    public void Log_OfALibrary_IsNotTold() => Assert.Empty(Told(false, "Microsoft.AspNetCore.Server.Kestrel", log => log.LogCritical("what a client sent")));

    private static string Told(bool isJson, string part, Action<ILogger> tell, string word = "INFO")
    {
        using StringWriter output = new();
        using NoticeLog log = new(output, isJson, NoticeLog.LevelOf(word), new FakeTimeProvider(Now));
        tell(log.CreateLogger(part));
        return output.ToString();
    }
}
