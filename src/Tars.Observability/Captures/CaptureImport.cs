namespace Tars.Observability.Captures;

/// <summary>
/// Reads samples from files, so that a capture can be made without a backend: collect from the returned set through a
/// <see cref="CapturingSource"/>.
/// </summary>
public static class CaptureImport
{
    /// <summary>Samples of a CSV file with a header line. A column <c>timestamp</c> is needed; the other columns are described at <see cref="CsvImport"/>.</summary>
    /// <exception cref="FormatException">The file has another form; the message is <c>file:line: …</c>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Task<SampleSet> FromCsvAsync(string path, CsvImport import, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        return CsvFile.ReadAsync(path, import, cancellationToken);
    }

    /// <summary>
    /// Samples of a text exposition whose samples carry timestamps: OpenMetrics (ended by <c># EOF</c>; seconds) or the Prometheus text
    /// format (milliseconds).
    /// </summary>
    /// <exception cref="FormatException">A line is no sample with a timestamp; the message is <c>file:line: …</c>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Task<SampleSet> FromOpenMetricsAsync(string path, CancellationToken cancellationToken) => OpenMetricsFile.ReadAsync(path, cancellationToken);
}
