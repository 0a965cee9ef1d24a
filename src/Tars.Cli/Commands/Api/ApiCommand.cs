using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Client;

namespace Tars.Cli.Commands.Api;

/// <summary><c>tars api get WHAT</c>: results of a server that runs, over its API; docs/guides/client.md describes it.</summary>
internal static class ApiCommand
{
    private const string Metrics = "metrics";
    private const string All = "all";
    private static readonly string[] Whats = ["health", Metrics, "ga", "daily", "anomalies", "regressions", "retro", All];
    private static readonly string[] Dated = ["daily", "anomalies", "regressions", All];
    private static readonly string[] Severe = ["anomalies", "regressions", All];

    private static readonly Argument<string?> What = new("WHAT") { Description = string.Join(", ", Whats[..^1]) + " or all", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Date = CommonOptions.Text("--date", "DAY", "Of daily, anomalies and regressions: only this day, for example 2026-01-17");

    private static readonly Option<string?> Severity = CommonOptions.Text("--severity", "A,B", "Of anomalies and regressions: only these of info, low, medium, high, critical; warning stands for low, medium and high");

    public static Command Create()
    {
        TarsCommand get = TarsCommand.Verb(
            "get", "Gets results of a server that runs, over its API", [ApiServer.Url, ApiServer.KeyFile, ApiServer.KeyStdin, Date, Severity, ConfigFormat.TableOrJson], RunAsync,
            "tars api get health", "tars api get ga --url https://tars.example.org --api-key-file key.txt -o json", "tars api get anomalies --date 2026-01-17 --severity high,critical --api-key-file key.txt");
        get.Arguments.Add(What);
        TarsCommand api = new("api", "Asks a server that runs", "tars api get health", "tars api get all --api-key-file key.txt");
        api.Subcommands.Add(get);
        return api;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string what = run.Value(What) ?? string.Empty;
        if (!Whats.Contains(what))
        {
            throw new UsageException(what.Length == 0 ? "what is to be got?" : $"there is no '{what}' to get", $"write {What.Description}");
        }

        ApiQuestion question = QuestionOf(run, what);
        using TarsClient client = ApiServer.Open(run);
        string[] asked = what == All ? Whats[..^1] : [what];
        JsonObject documents = [];
        int exitCode = ExitCode.Ok;
        foreach (string one in asked)
        {
            try
            {
                exitCode = Math.Max(exitCode, await GetAsync(run, client, one, question, what == All, documents, cancellationToken).ConfigureAwait(false));
            }
            catch (TarsProblemException problem) when (what == All && Failure.Of(problem) is { } failure)
            {
                run.Console.Fail($"{one}: {failure.Message}", failure.Hint); // what else there is may be had all the same
                exitCode = Math.Max(exitCode, failure.ExitCode);
            }
        }

        if (what == All && ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, documents);
        }

        return exitCode;
    }

    private static async Task<int> GetAsync(CommandRun run, TarsClient client, string what, ApiQuestion question, bool isOneOfAll, JsonObject documents, CancellationToken cancellationToken)
    {
        if (what == Metrics)
        {
            string text = await client.GetMetricsAsync(cancellationToken).ConfigureAwait(false);
            if (!ConfigFormat.IsJson(run))
            {
                Head(run, what, isOneOfAll);
                run.Console.Write(text);
            }
            else if (isOneOfAll)
            {
                documents[what] = text;
            }

            return ExitCode.Ok;
        }

        JsonObject document = await ApiDocuments.GetAsync(client, what, question, cancellationToken).ConfigureAwait(false);
        if (isOneOfAll && ConfigFormat.IsJson(run))
        {
            documents[what] = document;
        }
        else if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, document);
        }
        else
        {
            Head(run, what, isOneOfAll);
            foreach (string line in ApiTables.Of(what, document))
            {
                run.Console.Say(line);
            }
        }

        // A server that says it is not healthy has failed.
        return what == "health" && (string?)document["status"] != "healthy" ? ExitCode.Environment : ExitCode.Ok;
    }

    private static void Head(CommandRun run, string what, bool isOneOfAll)
    {
        if (isOneOfAll)
        {
            run.Console.Say($"== {what}");
        }
    }

    private static ApiQuestion QuestionOf(CommandRun run, string what)
    {
        if (what == Metrics && ConfigFormat.IsJson(run))
        {
            throw new UsageException("metrics have the text format of Prometheus, and no other", "leave -o json out");
        }

        Refuse(run, Date, what, Dated);
        Refuse(run, Severity, what, Severe);
        DateOnly? date = run.Value(Date) is not { } text ? null
            : DateOnly.TryParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out DateOnly day) ? day
            : throw new UsageException($"{Date.Name}: '{text}' is no day; write for example 2026-01-17");
        string[] severities = [.. (run.Value(Severity) ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(word => word == "warning" ? ["low", "medium", "high"] : (string[])[word])];
        return severities.FirstOrDefault(word => word is not ("info" or "low" or "medium" or "high" or "critical")) is { } unknown
            ? throw new UsageException($"{Severity.Name}: '{unknown}' is no severity", "write info, low, medium, high, critical, or several with commas between")
            : new ApiQuestion(date, [.. severities.Distinct()]);
    }

    private static void Refuse(CommandRun run, Option<string?> option, string what, string[] takes)
    {
        if (run.Value(option) is not null && !takes.Contains(what))
        {
            throw new UsageException($"{option.Name}: {what} is not asked for by it", $"it goes with {string.Join(", ", takes)}");
        }
    }
}

/// <summary>What is asked for.</summary>
/// <param name="Date">Only this day; null for all.</param>
/// <param name="Severities">Only of these severities; empty for all.</param>
internal sealed record ApiQuestion(DateOnly? Date, IReadOnlyList<string> Severities);
