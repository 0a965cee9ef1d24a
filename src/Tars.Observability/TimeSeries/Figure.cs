namespace Tars.Observability.TimeSeries;

/// <summary>A figure and how it came to be: measured, without data, or not obtained because a query failed. Zero is a measurement.</summary>
public abstract record Figure
{
    private Figure()
    {
    }

    /// <summary>The number, or null when nothing was measured.</summary>
    public double? Value => this is Measured measured ? measured.Number : null;

    /// <summary>The share of steps that held real samples; zero when nothing was measured.</summary>
    public Ratio CoverageOrZero => this is Measured measured ? measured.Coverage : new Ratio(0);

    /// <summary>A measured figure; a NaN is no measurement and becomes <see cref="NoData"/>.</summary>
    /// <param name="number">The number.</param>
    /// <param name="coverage">The share of steps that held real samples.</param>
    /// <param name="reasonIfNaN">Why the number would be NaN, for example "no requests in the window".</param>
    public static Figure Of(double number, Ratio coverage, string reasonIfNaN) =>
        double.IsNaN(number) ? new NoData(reasonIfNaN) : new Measured(number, coverage);

    /// <summary>The same figure with its number converted; figures without a number stay what they are.</summary>
    public Figure Select(Func<double, double> convert)
    {
        ArgumentNullException.ThrowIfNull(convert);
        return this is Measured measured ? measured with { Number = convert(measured.Number) } : this;
    }

    /// <summary>Measured.</summary>
    /// <param name="Number">The number, never NaN.</param>
    /// <param name="Coverage">The share of steps that held real samples.</param>
    public sealed record Measured(double Number, Ratio Coverage) : Figure;

    /// <summary>The backend answered and had nothing, or nothing from which the figure could be computed.</summary>
    /// <param name="Reason">Why, in a few words.</param>
    public sealed record NoData(string Reason) : Figure;

    /// <summary>The backend did not answer the query the figure needs.</summary>
    /// <param name="Reason">What the backend said.</param>
    public sealed record QueryFailed(string Reason) : Figure;
}
