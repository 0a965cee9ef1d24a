using Tars.Storage.Reports;

namespace Tars.Server.Documents;

/// <summary>Reads figures of one scope by name, and says of each what became of it: a number is there only where one was measured.</summary>
internal sealed class FigureReading
{
    private readonly Dictionary<string, StoredFigure> _figures = new(StringComparer.Ordinal);
    private readonly string _absent;

    /// <summary>Prepares it.</summary>
    /// <param name="figures">Figures of one scope; of two with one name the first counts.</param>
    /// <param name="absent">What is told of a figure that is not among them.</param>
    public FigureReading(IEnumerable<StoredFigure> figures, string absent)
    {
        _absent = absent;
        foreach (StoredFigure figure in figures)
        {
            _figures.TryAdd(figure.Metric, figure);
        }
    }

    /// <summary>What became of each figure that was asked for, by the name it has in the document.</summary>
    public SortedDictionary<string, MeasurementState> States { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of a figure; null when it was not measured, with the reason in <see cref="States"/>.</summary>
    /// <param name="name">Its name in the document.</param>
    /// <param name="metric">Its name in the store; null when it is the same.</param>
    public double? Number(string name, string? metric = null)
    {
        if (!_figures.TryGetValue(metric ?? name, out StoredFigure? figure))
        {
            States[name] = MeasurementState.None(_absent);
            return null;
        }

        States[name] = StateOf(figure);
        return figure.Measurement is Measurement.Measured measured ? measured.Value : null;
    }

    /// <summary>A number that follows from two others; null, with the first reason, when one is not there.</summary>
    public double? Derived(string name, string first, string second, Func<double, double, double> of, string unit)
    {
        Measurement? one = _figures.GetValueOrDefault(first)?.Measurement;
        Measurement? two = _figures.GetValueOrDefault(second)?.Measurement;
        if (one is Measurement.Measured a && two is Measurement.Measured b)
        {
            States[name] = new MeasurementState(MeasurementState.Measured, Math.Min(a.Coverage, b.Coverage), null, unit);
            return of(a.Value, b.Value);
        }

        Measurement? missing = one is Measurement.Measured ? two : one;
        States[name] = missing is null ? MeasurementState.None(_absent, unit) : StateOf(missing, unit);
        return null;
    }

    /// <summary>Says of a name that there is nothing.</summary>
    public double? None(string name, string reason, string unit)
    {
        States[name] = MeasurementState.None(reason, unit);
        return null;
    }

    /// <summary>The figure itself; null when it is not there.</summary>
    public StoredFigure? Find(string metric) => _figures.GetValueOrDefault(metric);

    /// <summary>What became of a figure.</summary>
    public static MeasurementState StateOf(StoredFigure figure) => StateOf(figure.Measurement, figure.Unit);

    private static MeasurementState StateOf(Measurement measurement, string unit) => measurement switch
    {
        Measurement.Measured measured => new MeasurementState(MeasurementState.Measured, measured.Coverage, null, unit),
        Measurement.NoData none => MeasurementState.None(none.Reason, unit),
        Measurement.QueryFailed failed => new MeasurementState("query_failed", null, failed.Reason, unit),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
