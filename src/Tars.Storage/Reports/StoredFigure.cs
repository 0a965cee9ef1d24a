namespace Tars.Storage.Reports;

/// <summary>What became of a figure. The three cases stay told apart in every row: zero is a measurement, nothing is not zero.</summary>
public abstract record Measurement
{
    private Measurement()
    {
    }

    /// <summary>A number.</summary>
    public sealed record Measured : Measurement
    {
        /// <summary>Makes a measured figure.</summary>
        /// <param name="value">The number, finite.</param>
        /// <param name="coverage">The share of steps that held real samples, 0 to 1.</param>
        /// <exception cref="ArgumentException">The value is not finite, or the coverage is no share.</exception>
        public Measured(double value, double coverage)
        {
            if (!double.IsFinite(value) || !(coverage is >= 0 and <= 1))
            {
                throw new ArgumentException($"{value} with a coverage of {coverage} is no measurement: a value is finite and a coverage in [0, 1]");
            }

            (Value, Coverage) = (value, coverage);
        }

        /// <summary>The number, finite.</summary>
        public double Value { get; }

        /// <summary>The share of steps that held real samples, 0 to 1.</summary>
        public double Coverage { get; }
    }

    /// <summary>The backend answered and had nothing.</summary>
    /// <param name="Reason">Why, in a few words.</param>
    public sealed record NoData(string Reason) : Measurement;

    /// <summary>The backend did not answer.</summary>
    /// <param name="Reason">What it said.</param>
    public sealed record QueryFailed(string Reason) : Measurement;
}

/// <summary>One figure of a report.</summary>
/// <param name="Metric">Its stable name.</param>
/// <param name="Unit">Its unit; empty for counts.</param>
/// <param name="Measurement">The number, or why there is none.</param>
public sealed record StoredFigure(string Metric, string Unit, Measurement Measurement)
{
    /// <summary>The service; null for all.</summary>
    public string? Service { get; init; }

    /// <summary>The region; null for all.</summary>
    public string? Region { get; init; }

    /// <summary>Further labels, a JSON object. Default <c>{}</c>.</summary>
    public string Labels { get; init; } = "{}";

    /// <summary>How it was judged; null when nothing was promised. What was not measured can only be inconclusive.</summary>
    public Judgement? Judgement { get; init; }

    internal void Require()
    {
        ArgumentException.ThrowIfNullOrEmpty(Metric);
        if (Measurement is not Measurement.Measured && Judgement is { Outcome: not JudgementOutcome.Inconclusive })
        {
            throw new ArgumentException($"the figure {Metric} of {Service ?? "all services"} was not measured and yet judged {StoreWords.Of(Judgement.Outcome)}");
        }
    }
}
