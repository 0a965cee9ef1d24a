using System.Text;
using Tars.Cli.CommandLine;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands.Config;

/// <summary>A configuration asked what it says, without any backend.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private const string Yaml = """
        observability:
          prometheus_url: https://prometheus.example.com
          step: 30s
          log_level: DEBUG
          auth: { username: ann, password: "${PASSWORD}" }
        services:
          - { name: checkout, labels: { job: checkout }, preset: prometheus-http }
        objectives:
          - { service: checkout, indicator: availability, target: 99.9% }
        """;

    private readonly TemporaryDirectory _folder = new();

    public ConfigCommandTests() => _folder.WriteText("tars.yaml", Yaml);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Config_EachVerb_ReadsAsReviewed()
    {
        _folder.WriteText("other.yaml", Yaml.Replace("step: 30s", "step: 1m", StringComparison.Ordinal));
        _folder.WriteText("wrong.yaml", "observability: { step: 30, stepp: 1m }\napi: { port: 99999, jwt_secret: '' }\n");
        string[][] commands =
        [
            ["config", "show", "--origin", "--profile", "dev", "--set", "api.port=8443"],
            ["config", "explain", "observability.step"],
            ["config", "explain", "observability.step", "--set", "observability.step=15s"],
            ["config", "explain", "observability.auth.password"],
            ["config", "explain", "observability.log_level"],
            ["config", "explain", "services[0]"],
            ["config", "explain", "regions"],
            ["config", "explain", "objectives[].window"],
            ["config", "explain", "observability.stepp"],
            ["config", "explain"],
            ["config", "explain", "observability.step", "-o", "json"],
            ["config", "validate"],
            ["config", "validate", "-o", "json"],
            ["config", "validate", "wrong.yaml"],
            ["config", "validate", "wrong.yaml", "-o", "json"],
            ["config", "validate", "missing.yaml"],
            ["config", "diff", "tars.yaml", "other.yaml"],
            ["config", "diff", "tars.yaml", "other.yaml", "-o", "json"],
            ["config", "diff", "tars.yaml", "tars.yaml"],
            ["config", "diff", "local"],
            ["config", "diff", "local", "production"],
            ["config", "show", "-o", "csv"],
        ];
        StringBuilder transcript = new();
        foreach (string[] arguments in commands)
        {
            CommandResult result = await RunAsync(arguments);
            transcript.Append(TarsProgram.Transcript(result, arguments)).Append('\n');
        }

        Golden.Match("cli/config.txt", transcript.ToString());
    }

    [Theory]
    [InlineData("config show -o json --origin")]
    [InlineData("config explain api -o json")]
    [InlineData("config validate -o json")]
    [InlineData("config diff local dev -o json")]
    [InlineData("config schema")]
    public async Task Config_Json_IsOneDocumentAndNoSecret(string command)
    {
        CommandResult result = await RunAsync(command.Split(' '));

        Assert.Equal(ExitCode.Ok, result.ExitCode);
        SchemaAssert.IsJson(result.Output);
        Assert.DoesNotContain("hunter2hunter2", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config schema", "schemas/tars.schema.json")]
    [InlineData("config docs", "docs/reference/configuration.md")]
    public async Task Config_SchemaAndDocs_AreTheCommittedFiles(string command, string path)
    {
        CommandResult result = await RunAsync(command.Split(' '));

        Assert.Equal(await File.ReadAllTextAsync(RepositoryRoot.PathOf(path), TestContext.Current.CancellationToken), result.Output);
    }

    [Fact]
    public async Task Suggest_BeginningOfAKey_GivesTheKey()
    {
        const string Typed = "tars config explain observability.st";
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, $"[suggest:{Typed.Length}]", Typed);

        Assert.Equal("observability.step\n", result.Output);
    }

    private Task<CommandResult> RunAsync(string[] arguments)
    {
        TestKit.CommandLine line = TarsProgram.Command(_folder.Path, arguments);
        line = line with { Environment = new Dictionary<string, string?>(line.Environment) { ["PASSWORD"] = "hunter2hunter2" } };
        return line.RunAsync(TestContext.Current.CancellationToken);
    }
}
