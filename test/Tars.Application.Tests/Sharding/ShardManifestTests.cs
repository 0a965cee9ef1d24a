using System.Text;
using Tars.Application.Sharding;
using Xunit;

namespace Tars.Application.Tests.Sharding;

public sealed class ShardManifestTests
{
    private static readonly ShardManifest Manifest = new(
        ShardManifest.CurrentFormat, "tars 1.2.3", "kpi", 1, 2, "1", new string('a', 64), At(2), At(3), At(1), 60_000,
        new Dictionary<string, IReadOnlyList<string>> { ["--interval"] = ["1h"] }, ["b", "a"], ["b"], [new ShardCapture("default", ["b"], false)]);

    [Fact]
    public void FromJson_OfToJson_IsTheSame() => Assert.Equal(Manifest.ToJson(), ShardManifest.FromJson(Manifest.ToJson()).ToJson());

    [Theory]
    [InlineData("\"format_version\": 1", "\"format_version\": 2", "its format version is 2; this version of T.A.R.S. reads 1")]
    [InlineData("\"shard\": 1", "\"shard\": 2", "there is no shard 2 of 2")]
    [InlineData("\"shard\": 1", "\"shard\": -1", "there is no shard -1 of 2")]
    [InlineData("\"of\": 2", "\"of\": 0", "there is no shard 1 of 0")]
    [InlineData("\"to\": \"2026-01-03", "\"to\": \"2026-01-02", "its window or its step is none")]
    [InlineData("\"step_milliseconds\": 60000", "\"step_milliseconds\": 0", "its window or its step is none")]
    [InlineData("\"of\": 2", "\"of\": 2, \"more\": 1", "line 6:")]
    [InlineData("  \"of\": 2,\n", "", "line ")]
    [InlineData("\"command\": \"kpi\"", "\"command\": null", "line 4:")]
    public void FromJson_SomethingElse_SaysWhat(string part, string other, string message)
    {
        string json = Encoding.UTF8.GetString(Manifest.ToJson());
        Assert.Contains(part, json, StringComparison.Ordinal);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(
            () => ShardManifest.FromJson(Encoding.UTF8.GetBytes(json.Replace(part, other, StringComparison.Ordinal))));

        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
    }

    private static DateTimeOffset At(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);
}
