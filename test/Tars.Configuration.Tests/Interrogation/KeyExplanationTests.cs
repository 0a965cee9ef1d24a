using Tars.Configuration.Interrogation;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;

namespace Tars.Configuration.Tests.Interrogation;

public class KeyExplanationTests
{
    [Fact]
    public void Of_EveryKeyOfTheSchema_AnswersWithMeaningTypeAndPlace()
    {
        LoadedSettings loaded = Settings.Of("{}");
        int asked = 0;
        foreach (DeclaredKey key in DeclaredKey.Below(TarsSchema.Instance.Root, ""))
        {
            KeyExplanation why = KeyExplanation.Of(loaded, key.Path) ?? throw new InvalidOperationException($"{key.Path} is not explained");
            asked++;
            Assert.Equal(key.AliasOf ?? key.Path, why.Path);
            Assert.NotEmpty(why.Description);
            Assert.NotEmpty(why.Type);
            if (key.AliasOf is null)
            {
                Assert.Equal(key.Default, why.Default);
            }
        }

        Assert.InRange(asked, 150, 1000);
    }

    [Fact]
    public void Of_ValueInEveryLayer_NamesWinnerAndLosersInOrder()
    {
        using Settings settings = new() { Profile = "prod", Environment = { ["TARS_API_PORT"] = "8200" } };
        settings.File("tars.prod.yaml", "api: { port: 8300 }").File("tars.yaml", "\napi:\n  port: 8400\n").Set("api.port=8100");

        KeyExplanation why = KeyExplanation.Of(settings.Load(), "api.port")!;

        Assert.Equal("8100 --set", $"{why.Winner!.Text} {why.Winner.Origin}");
        Assert.Equal(
            ["8200 TARS_API_PORT", "8400 tars.yaml:3:9", "8300 tars.prod.yaml:1:14", "8100 default"],
            why.Losers.Select(loser => $"{loser.Text} {loser.Origin}"));
        Assert.Equal(("TARS_API_PORT", "8100", "a whole number in [1, 65535]"), (why.Variable, why.Default, why.Type));
    }

    [Theory]
    [InlineData("observability.log_level", "telemetry.log_level")]
    [InlineData("services[0].name", "services[0].name")]
    [InlineData("services[].indicators.*.ratio.good", "services[].indicators.*.ratio.good")]
    [InlineData("observability.backends.eu", "observability.backends.eu")]
    [InlineData("observability.backends.eu.auth", "observability.backends.eu.auth")]
    [InlineData("objectives[3].target", "objectives[3].target")]
    public void Of_KeyInsideListsAndMaps_Answers(string asked, string path) => Assert.Equal(path, KeyExplanation.Of(Settings.Of("{}"), asked)!.Path);

    [Fact]
    public void Of_Section_ListsItsValuesAndKeys()
    {
        KeyExplanation why = KeyExplanation.Of(Settings.Of("api: { port: 8443 }"), "api")!;

        Assert.Contains(why.Values, value => value is { Path: "api.port", Text: "8443" });
        Assert.Contains(why.Keys, key => key.Path == "api.jwt_secret");
        Assert.All(why.Keys, key => Assert.StartsWith("api.", key.Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("api.prot", "api.port")]
    [InlineData("observabilty", "observability")]
    [InlineData("jwt_secret", "api.jwt_secret")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzz", null)]
    public void NearestTo_UnknownKey_IsWhatWasMeant(string asked, string? nearest)
    {
        Assert.Null(KeyExplanation.Of(Settings.Of("{}"), asked));
        Assert.Equal(nearest, KeyExplanation.NearestTo(TarsSchema.Instance, asked));
    }
}
