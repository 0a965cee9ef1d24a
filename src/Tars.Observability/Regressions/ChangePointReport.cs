using Tars.Observability.TimeSeries;
using Tars.Statistics.Segmentation;

namespace Tars.Observability.Regressions;

/// <summary>Where a series changed its level, for <c>tars regressions changepoints</c>.</summary>
/// <param name="ChangePoints">The changes, by index; empty when there is none.</param>
public sealed record ChangePointReport(IReadOnlyList<TimedChangePoint> ChangePoints)
{
    /// <summary>Finds the changes of a series in CSV.</summary>
    /// <param name="csv">Rows of timestamp and value, see <see cref="TimestampedValues.ReadCsv"/>.</param>
    /// <param name="name">What to call the file in errors.</param>
    /// <param name="options">How to look; null for the defaults.</param>
    /// <exception cref="CsvException">A row is not what it should be.</exception>
    public static ChangePointReport OfCsv(TextReader csv, string name, ChangePointOptions? options = null) =>
        Of(TimestampedValues.ReadCsv(csv, name), options);

    /// <summary>Finds the changes of a series.</summary>
    /// <param name="series">The series; rows are taken for regular in time.</param>
    /// <param name="options">How to look; null for the defaults.</param>
    public static ChangePointReport Of(TimestampedValues series, ChangePointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        return new ChangePointReport(
        [
            .. Tars.Statistics.Segmentation.ChangePoints.Detect(series.Values, options).Select(change =>
                new TimedChangePoint(change.Index, series.Timestamps[change.Index], change.Before, change.After, change.PValue)),
        ]);
    }
}

/// <summary>One change.</summary>
/// <param name="Index">Index of the first value of the new segment, counted from 0 over all rows, missing values included.</param>
/// <param name="Timestamp">The timestamp of that row as it was written.</param>
/// <param name="Before">Median of the segment before.</param>
/// <param name="After">Median of the segment after.</param>
/// <param name="PValue">p-value of this change in [0, 1].</param>
public sealed record TimedChangePoint(int Index, string Timestamp, double Before, double After, double PValue);
