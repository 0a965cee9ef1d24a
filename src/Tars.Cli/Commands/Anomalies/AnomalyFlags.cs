using System.CommandLine;
using System.Globalization;
using Tars.Cli.CommandLine;
using Tars.Observability.Anomalies;

namespace Tars.Cli.Commands.Anomalies;

/// <summary>The options that say how to look for anomalies.</summary>
internal static class AnomalyFlags
{
    private static readonly Option<string?> Method = CommonOptions.Text("--method", "NAME", "default (seasonal and robust), ewma or zscore");

    private static readonly Option<double?> Alpha = Number("--ewma-alpha", "Weight of the newest step in the moving average, for ewma (default 0.3)");

    private static readonly Option<double?> Threshold = Number("--z-threshold", "Standard deviations from which a step is unusual, for ewma and zscore (default 3)");

    private static readonly Option<int?> Window = new("--z-window") { HelpName = "N", Description = "Steps in the moving window, for ewma and zscore (default 48)" };

    /// <summary>Every option.</summary>
    public static IReadOnlyList<Option> All { get; } = [Method, Alpha, Threshold, Window];

    /// <summary>How to look.</summary>
    /// <exception cref="UsageException">A value is out of its range.</exception>
    public static AnomalyOptions Of(CommandRun run)
    {
        RefuseIdle(run, run.Value(Method) ?? "default");
        AnomalyOptions options = AnomalyOptions.Default with
        {
            Method = run.Value(Method) switch
            {
                null or "default" or "seasonal" => AnomalyMethod.Seasonal,
                "ewma" => AnomalyMethod.Ewma,
                "zscore" => AnomalyMethod.ZScore,
                { } other => throw new UsageException($"--method: '{other}' is no method; write default, ewma or zscore"),
            },
            EwmaAlpha = run.Value(Alpha) ?? AnomalyOptions.Default.EwmaAlpha,
            ZThreshold = run.Value(Threshold) ?? AnomalyOptions.Default.ZThreshold,
            ZWindow = run.Value(Window) ?? AnomalyOptions.Default.ZWindow,
        };
        Require(options.EwmaAlpha is > 0 and <= 1, Alpha.Name, options.EwmaAlpha, "above 0 and at most 1");
        Require(options.ZThreshold is > 0 and < 1000, Threshold.Name, options.ZThreshold, "above 0");
        Require(options.ZWindow is >= 3 and <= 1_000_000, Window.Name, options.ZWindow, "at least 3");
        return options;
    }

    // A setting that the chosen method does not have would be left out silently.
    private static void RefuseIdle(CommandRun run, string method)
    {
        (string Name, bool Given, string[] Methods)[] settings =
        [
            (Alpha.Name, run.Value(Alpha) is not null, ["ewma"]),
            (Window.Name, run.Value(Window) is not null, ["zscore", "ewma"]),
            (Threshold.Name, run.Value(Threshold) is not null, ["zscore", "ewma"]),
        ];
        foreach ((string name, _, string[] methods) in settings.Where(setting => setting.Given && method is "default" or "seasonal" or "ewma" or "zscore" && !setting.Methods.Contains(method)))
        {
            throw new UsageException($"{name}: --method {method} has no such setting", $"write {string.Join(" or ", methods.Select(other => $"--method {other}"))}, or leave {name} out");
        }
    }

    private static void Require(bool holds, string option, double value, string range)
    {
        if (!holds)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option}: {value} is not {range}"));
        }
    }

    private static Option<double?> Number(string name, string description) => new(name)
    {
        HelpName = "NUMBER",
        Description = description,
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value))
            {
                return value;
            }

            result.AddError($"{name}: '{result.Tokens[0].Value}' is no number");
            return null;
        },
    };
}
