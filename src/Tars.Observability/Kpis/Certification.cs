using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>Whether the window kept the objectives.</summary>
/// <param name="Verdict">
/// Fail when any objective was measurably missed, whatever else is unknown; else inconclusive when any could not be judged, any
/// configured indicator had no data, or no objective is configured; else pass.
/// </param>
/// <param name="Objectives">Every comparison, in configuration order.</param>
/// <param name="MissingIndicators">Configured indicators without data in the window, with the reason.</param>
public sealed record Certification(Verdict Verdict, IReadOnlyList<ObjectiveResult> Objectives, IReadOnlyList<MissingIndicator> MissingIndicators)
{
    /// <summary>Every reason, failures first, then what is unknown, then what was kept.</summary>
    public IReadOnlyList<string> Reasons =>
    [
        .. Objectives.Where(result => result.Verdict is Verdict.Fail).Select(result => result.Reason),
        .. Objectives.Where(result => result.Verdict is Verdict.Inconclusive).Select(result => result.Reason),
        .. MissingIndicators.Select(missing => missing.Text),
        .. Objectives.Count == 0 ? (string[])["no objective is configured"] : [],
        .. Objectives.Where(result => result.Verdict is Verdict.Pass).Select(result => result.Reason),
    ];

    /// <summary>Judges a window.</summary>
    /// <exception cref="ArgumentException">The window shares no step with the set.</exception>
    public static Certification Of(SeriesSet set, AnalysisSettings settings, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        ObjectiveResult[] results = [.. settings.Objectives.SelectMany(objective => ObjectiveResult.Of(set, settings, objective, window))];
        MissingIndicator[] missing = [.. MissingIn(set)];
        Verdict[] verdicts =
        [
            .. results.Select(result => result.Verdict),
            .. missing.Select(indicator => new Verdict.Inconclusive(indicator.Text)),
            .. results.Length == 0 ? (Verdict[])[new Verdict.Inconclusive("no objective is configured")] : [],
        ];
        return new Certification(Verdict.All(verdicts), results, missing);
    }

    private static IEnumerable<MissingIndicator> MissingIn(SeriesSet set)
    {
        foreach (ServiceDefinition service in set.Services)
        {
            foreach (IndicatorDefinition definition in service.Indicators)
            {
                string? reason = set.Find(service.Name, definition.Name)?.State switch
                {
                    ReadState.Answered => null,
                    ReadState.Empty empty => "no data: " + empty.Reason,
                    ReadState.Failed failed => "query failed: " + failed.Reason,
                    _ => "no data: it was not collected",
                };
                if (reason is not null)
                {
                    yield return new MissingIndicator(service.Name, definition.Name, reason);
                }
            }
        }
    }
}

/// <summary>A configured indicator of which the backend had nothing.</summary>
/// <param name="Service">The service.</param>
/// <param name="Indicator">The indicator.</param>
/// <param name="Reason">Why: no series, a renamed label, a failed query.</param>
public sealed record MissingIndicator(string Service, string Indicator, string Reason)
{
    /// <summary>In words.</summary>
    public string Text => $"{Service}/{Indicator}: {Reason}";
}
