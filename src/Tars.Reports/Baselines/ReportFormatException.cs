namespace Tars.Reports.Baselines;

/// <summary>A file is not what a report file should be.</summary>
/// <param name="message">What is wrong, without the path, which the reader of bytes does not know.</param>
/// <param name="inner">What the JSON reader said, or null.</param>
public sealed class ReportFormatException(string message, Exception? inner = null) : Exception(message, inner);
