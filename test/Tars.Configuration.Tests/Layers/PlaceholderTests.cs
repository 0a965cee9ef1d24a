using Tars.Configuration.Layers;

namespace Tars.Configuration.Tests.Layers;

public class PlaceholderTests
{
    [Fact]
    public void Load_Placeholders_AreReplacedByTheEnvironment()
    {
        using Settings settings = new();
        settings.Environment["HOST"] = "prom.example.com";
        settings.Environment["PORT_NUMBER"] = "8443";
        settings.Environment["TOKEN"] = "s3cret ${PORT_NUMBER} $${PORT_NUMBER}";
        settings.File("tars.yaml", "observability:\n  prometheus_url: https://${HOST}/x\n  auth: {bearer_token: \"${TOKEN}\"}\napi: {port: \"${PORT_NUMBER}\"}\ntelemetry:\n  log_file: a$${b}$c\n");

        LoadedSettings loaded = settings.Load();

        Assert.Equal("https://prom.example.com/x", loaded.Section("observability").Text("prometheus_url"));
        Assert.Equal("s3cret 8443 ${PORT_NUMBER}", loaded.Section("observability").Section("auth").Text("bearer_token"));
        Assert.Equal(8443, loaded.Section("api").Integer("port"));
        Assert.Equal("a${b}$c", loaded.Section("telemetry").Text("log_file"));
        Assert.Equal("https://${HOST}/x", loaded.Explain("observability.prometheus_url")!.Winner!.Text);
    }

    [Theory]
    [InlineData("api: {port: \"${NONE}\"}", "tars.yaml:1:13: api.port: ${NONE} has no value; set the environment variable NONE, or write $${ for the characters themselves")]
    [InlineData("api: {host: \"${}\"}", "tars.yaml:1:13: api.host: has a ${ that starts no placeholder; write ${NAME}, or $${ for the characters themselves")]
    [InlineData("api: {host: \"${A\"}", "tars.yaml:1:13: api.host: has a ${ that starts no placeholder; write ${NAME}, or $${ for the characters themselves")]
    public void Load_BadPlaceholder_IsRefused(string yaml, string refusal) => Assert.Contains(refusal, Settings.RefusalsOf(yaml));

    [Theory]
    [InlineData("${A}", "${A} refers to itself: A -> A; break the circle")]
    [InlineData("x ${B} y", "${B} refers to itself: B -> C -> B; break the circle")]
    [InlineData("${D}", "${D} refers to itself: D -> B -> C -> B; break the circle")]
    [InlineData("${E}", "the variable E has a ${ that starts no placeholder; write ${NAME}, or $${ for the characters themselves")]
    [InlineData("${F}", "${NONE} has no value; set the environment variable NONE, or write $${ for the characters themselves")]
    public void Load_VariablesThatReferToVariables_AreFollowedAndCirclesReported(string text, string refusal)
    {
        using Settings settings = new();
        foreach ((string name, string value) in new[] { ("A", "${A}"), ("B", "${C}"), ("C", "a${B}"), ("D", "${B}"), ("E", "${"), ("F", "${NONE}") })
        {
            settings.Environment[name] = value;
        }

        settings.File("tars.yaml", $"telemetry: {{log_file: \"{text}\"}}\n");

        Assert.Equal(["tars.yaml:1:23: telemetry.log_file: " + refusal], settings.Refusals());
    }

    [Fact]
    public void Load_VariablesThatGrow_AreRefused()
    {
        using Settings settings = new();
        settings.Environment["V0"] = "0123456789";
        for (int i = 1; i < 40; i++)
        {
            settings.Environment[$"V{i}"] = $"${{V{i - 1}}}${{V{i - 1}}}";
        }

        settings.File("tars.yaml", "telemetry: {log_file: \"${V39}\"}\n");

        Assert.Equal(["tars.yaml:1:23: telemetry.log_file: \"${V39}\" grows past 65536 characters when its placeholders are replaced"], settings.Refusals());
    }

    [Fact]
    public void Load_VariableOfAKey_MayRefer()
    {
        using Settings settings = new();
        settings.Environment["TARS_TELEMETRY_LOG_FILE"] = "${HOME_FOLDER}/log";
        settings.Environment["HOME_FOLDER"] = "/srv/me";

        Assert.Equal("/srv/me/log", settings.Load().Section("telemetry").Text("log_file"));
    }

    [Fact]
    public void Load_ReplacedValueOfTheWrongKind_IsRefusedWithoutShowingIt()
    {
        using Settings settings = new();
        settings.Environment["SECRET"] = "hunter2";
        settings.File("tars.yaml", "api: {port: \"${SECRET}\"}\n");

        Assert.Equal(["tars.yaml:1:13: api.port: \"${SECRET}\" is not a whole number in [1, 65535]"], settings.Refusals());
    }

    [Fact]
    public void Load_PlaceholderThatLost_IsNotAskedFor()
    {
        using Settings settings = new();
        settings.File("tars.yaml", "api: {port: \"${NONE}\"}\n").Set("api.port=1");

        Assert.Equal(1, settings.Load().Section("api").Integer("port"));
    }

    [Theory]
    [InlineData("observability: {auth: {password: [hunter2]}}")]
    [InlineData("observability: {auth: {password: {hunter2: 1}}}")]
    [InlineData("observability: {prometheus_url: \"https://user:hunter2@example.com\"}")]
    [InlineData("observability: {prometheus_url: \"user:hunter2@example.com\"}")]
    public void Load_BadSecret_IsRefusedWithoutShowingIt(string yaml) =>
        Assert.DoesNotContain("hunter2", string.Join('\n', Settings.RefusalsOf(yaml)), StringComparison.Ordinal);

    [Fact]
    public void Explain_Secret_IsNotShown()
    {
        LoadedSettings loaded = Settings.Of("observability: {auth: {password: hunter2}, backends: {eu: {prometheus_url: http://eu, auth: {password: hunter2}}}}");

        Assert.Equal("(secret)", loaded.Explain("observability.auth.password")!.Winner!.Text);
        Assert.DoesNotContain("hunter2", loaded.Explain("observability.backends")!.Winner!.Text, StringComparison.Ordinal);
    }
}
