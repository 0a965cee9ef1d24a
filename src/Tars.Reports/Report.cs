namespace Tars.Reports;

/// <summary>
/// What one run of one tool has to say: files whose bytes depend on the data, the settings and the method version alone. Who ran it,
/// when, and where the backend was reached is no part of it.
/// </summary>
/// <param name="Tool">The tool, for example <c>kpi</c>.</param>
/// <param name="Files">The files, names unique, in the order in which they are written.</param>
public sealed record Report(string Tool, IReadOnlyList<ReportFile> Files);

/// <summary>One file of a report.</summary>
/// <param name="Name">File name without a directory.</param>
/// <param name="MediaType">For example <c>application/json</c>, <c>text/markdown</c>, <c>text/html</c>, <c>text/csv</c>.</param>
/// <param name="Content">The exact bytes; text is UTF-8 without a byte order mark and ends with a line feed.</param>
public sealed record ReportFile(string Name, string MediaType, ReadOnlyMemory<byte> Content);
