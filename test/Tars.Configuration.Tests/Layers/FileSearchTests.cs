using Tars.Configuration.Layers;

namespace Tars.Configuration.Tests.Layers;

public class FileSearchTests
{
    [Fact]
    public void Load_SeveralFiles_TheNearestIsTaken()
    {
        using Settings settings = new();
        settings.File("system/tars.yaml", "api: {port: 1}\n");
        Assert.Equal(1, settings.Load().Section("api").Integer("port"));
        settings.File("user/tars.yaml", "api: {port: 2}\n");
        Assert.Equal(2, settings.Load().Section("api").Integer("port"));
        settings.File("tars.json", "{\"api\": {\"port\": 3}}");
        Assert.Equal(3, settings.Load().Section("api").Integer("port"));
        settings.File("tars.yaml", "api: {port: 4}\n");
        Assert.Equal(4, settings.Load().Section("api").Integer("port"));
        settings.File("five.yaml", "api: {port: 5}\n").Environment["TARS_CONFIG_PATH"] = "five.yaml";
        Assert.Equal(5, settings.Load().Section("api").Integer("port"));
        settings.File("six.yaml", "api: {port: 6}\n").ConfigPath = Path.Combine(settings.Folder, "six.yaml");
        Assert.Equal(6, settings.Load().Section("api").Integer("port"));
    }

    [Fact]
    public void Load_NoFile_IsDefaults() => Assert.Equal("127.0.0.1", new Settings().Load().Section("api").Text("host"));

    [Fact]
    public void Load_AskedForFileMissing_IsRefused()
    {
        using Settings settings = new() { ConfigPath = "none.yaml" };
        Assert.Equal(["--config: there is no file none.yaml"], settings.Refusals());
        settings.ConfigPath = ".";
        Assert.Equal(["--config: . is a folder, not a file"], settings.Refusals());
        settings.ConfigPath = null;
        settings.Environment["TARS_CONFIG_PATH"] = "none.yaml";
        Assert.Equal(["TARS_CONFIG_PATH: there is no file none.yaml"], settings.Refusals());
    }

    [Theory]
    [InlineData("prod", "block")]
    [InlineData("staging", "warn")]
    [InlineData("dev", "log")]
    [InlineData("local", "log")]
    public void Load_BuiltInProfile_SetsItsMode(string profile, string mode)
    {
        using Settings settings = new() { Profile = profile };

        LoadedSettings loaded = settings.Load();

        Assert.Equal(profile, loaded.Profile);
        Assert.Equal(mode, loaded.Section("compliance").Text("enforcement_mode"));
    }

    [Fact]
    public void Load_Profile_IsOptionThenVariableThenOlderVariable()
    {
        using Settings settings = new();
        settings.Environment["TARS_ENVIRONMENT"] = "dev";
        Assert.Equal("dev", settings.Load().Profile);
        settings.Environment["TARS_PROFILE"] = "staging";
        Assert.Equal("staging", settings.Load().Profile);
        settings.Profile = "prod";
        Assert.Equal("prod", settings.Load().Profile);
    }

    // The guide's custom profile, section 2.5.3, as printed.
    [Fact]
    public void Load_CustomProfile_IsReadFromItsFile()
    {
        using Settings settings = new() { Profile = "staging-us-west" };
        settings.File(
            "config/staging-us-west.yaml",
            """
            api:
              base_url: https://tars-staging-usw.example.com
              port: 8443

            observability:
              prometheus_url: http://prometheus-usw.example.com

            compliance:
              enabled_standards:
                - soc2
                - iso27001
            """);

        LoadedSettings loaded = settings.Load();

        Assert.Equal(8443, loaded.Section("api").Integer("port"));
        Assert.Equal(["soc2", "iso27001"], loaded.Section("compliance").Texts("enabled_standards"));
    }

    [Fact]
    public void Load_UnknownProfile_IsRefusedWithTheKnownOnes()
    {
        using Settings settings = new();
        settings.File("tars.eu.yaml", "{}").Environment["TARS_PROFILE"] = "production";

        Assert.Equal(
            ["TARS_PROFILE: there is no profile production; known are local, dev, staging, prod, and from files eu; a profile of your own is a file tars.production.yaml or config/production.yaml"],
            settings.Refusals());
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("a b")]
    public void Load_ProfileThatIsNoName_IsRefused(string name)
    {
        using Settings settings = new() { Profile = name };

        Assert.Equal(["--profile: is not a profile's name: letters, digits, - and _, at most 64"], settings.Refusals());
    }
}
