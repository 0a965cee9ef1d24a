using System.CommandLine;

namespace Tars.Cli.CommandLine;

/// <summary>A command's <c>--fail-on</c>: which outcome turns the exit code.</summary>
/// <param name="Command">The command, for example <c>kpi</c>.</param>
/// <param name="Values">The values, weakest first.</param>
/// <param name="Default">The value in force without the option.</param>
internal sealed record FailOn(string Command, IReadOnlyList<string> Values, string Default)
{
    public static FailOn Kpi { get; } = new("kpi", ["none", "fail", "inconclusive"], "inconclusive");

    public static FailOn Stability { get; } = new("stability", ["none", "watch", "rollback"], "none");

    public static FailOn Anomalies { get; } = new("anomalies", ["none", "low", "medium", "high", "critical"], "none");

    public static FailOn Daily { get; } = new("daily", ["none", "degraded", "critical"], "none");

    public static FailOn Regressions { get; } = new("regressions", ["none", "low", "medium", "high", "critical"], "none");

    public static FailOn Retro { get; } = new("retro", ["none", "degradation", "budget"], "none");

    /// <summary>Every command that has the option.</summary>
    public static IReadOnlyList<FailOn> All { get; } = [Kpi, Stability, Anomalies, Daily, Regressions, Retro];

    /// <summary>The option.</summary>
    public Option<string?> Option => field ??= Create();

    /// <summary>The value in force.</summary>
    public string Of(CommandRun run) => run.Value(Option) ?? Default;

    private Option<string?> Create()
    {
        Option<string?> option = new("--fail-on")
        {
            HelpName = string.Join('|', Values),
            Description = $"Which outcome is no success (default {Default}); docs/guides/exit-codes.md",
        };
        option.Validators.Add(result =>
        {
            string value = result.Tokens.Count > 0 ? result.Tokens[0].Value : string.Empty;
            if (!Values.Contains(value))
            {
                result.AddError($"--fail-on: '{value}' is none of {string.Join(", ", Values)}");
            }
        });
        return option;
    }
}
