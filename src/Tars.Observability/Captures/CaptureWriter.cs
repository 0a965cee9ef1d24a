using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>
/// Writes a capture, query by query. What a killed run has completed is kept: opening the same directory again continues there, and
/// queries can be added to a complete capture of the same source and grid. Safe for concurrent use.
/// </summary>
public sealed class CaptureWriter : IDisposable
{
    private readonly ConcurrentDictionary<string, CapturedQuery> _queries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly string _createdBy;
    private readonly FileStream _journal;

    private CaptureWriter(string directory, SourceDescription source, TimeGrid grid, string createdBy, IEnumerable<CapturedQuery> done)
    {
        (Directory, Source, Grid, _createdBy) = (directory, source, grid, createdBy);
        foreach (CapturedQuery query in done)
        {
            _queries[query.Text] = query;
        }

        CaptureJournalHead head = new(CaptureManifest.CurrentFormat, CapturedSource.Of(source), CapturedGrid.Of(grid));
        _journal = new FileStream(Path.Combine(directory, CaptureLayout.Journal), FileMode.Create, FileAccess.Write, FileShare.Read);
        AppendLine(JsonSerializer.SerializeToUtf8Bytes(head, CaptureJson.Default.CaptureJournalHead), flush: false);
        foreach (CapturedQuery query in _queries.Values)
        {
            AppendLine(JsonSerializer.SerializeToUtf8Bytes(query, CaptureJson.Default.CapturedQuery), flush: false);
        }

        _journal.Flush(flushToDisk: true);
    }

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>What answers.</summary>
    public SourceDescription Source { get; }

    /// <summary>The grid of every answer.</summary>
    public TimeGrid Grid { get; }

    /// <summary>Answered queries so far, earlier runs included.</summary>
    public int AnsweredCount => _queries.Values.Count(query => query.Failure is null);

    /// <summary>Opens a directory for a capture: a new one, one that was interrupted, or a complete one to which queries are added.</summary>
    /// <param name="directory">The directory; made when it does not exist.</param>
    /// <param name="source">What answers.</param>
    /// <param name="grid">The grid of every answer.</param>
    /// <param name="createdBy">The program and its version.</param>
    /// <exception cref="SeriesSourceException">
    /// The directory holds a capture of another source or grid, or other files, or cannot be written; the message names it.
    /// </exception>
    public static CaptureWriter Open(string directory, SourceDescription source, TimeGrid grid, string createdBy)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            System.IO.Directory.CreateDirectory(directory);
            foreach (string abandoned in System.IO.Directory.EnumerateFiles(directory, "*.parquet" + CaptureLayout.Temporary))
            {
                File.Delete(abandoned);
            }

            List<CapturedQuery> done = CaptureJournal.Read(directory, CapturedSource.Of(source), CapturedGrid.Of(grid));
            return new CaptureWriter(directory, source, grid, createdBy, done.Where(query => IsInPlace(directory, query)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CaptureLayout.Failed(directory, exception);
        }
    }

    /// <summary>Completes the capture: digests and manifest are written and the journal goes.</summary>
    /// <exception cref="SeriesSourceException">A file cannot be written.</exception>
    public CaptureManifest Complete()
    {
        CaptureManifest manifest = new(
            CaptureManifest.CurrentFormat,
            _createdBy,
            CapturedSource.Of(Source),
            CapturedGrid.Of(Grid),
            [.. _queries.Values.OrderBy(query => query.Text, StringComparer.Ordinal)]);
        byte[] json = manifest.ToJson();
        try
        {
            File.Delete(Path.Combine(Directory, CaptureLayout.Manifest)); // until it is back, the journal stands for the capture
            CaptureLayout.Replace(Path.Combine(Directory, CaptureLayout.Digests), Encoding.ASCII.GetBytes(CaptureDigests.Text(manifest, json)));
            CaptureLayout.Replace(Path.Combine(Directory, CaptureLayout.Manifest), json);
            _journal.Dispose();
            File.Delete(Path.Combine(Directory, CaptureLayout.Journal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CaptureLayout.Failed(Directory, exception);
        }

        return manifest;
    }

    /// <summary>Closes the journal; what was recorded stays for a later run.</summary>
    public void Dispose() => _journal.Dispose();

    /// <summary>The answer recorded for a query, or null; a failed query is asked again by a later run, so only answers count.</summary>
    internal CapturedQuery? Find(string text) => _queries.TryGetValue(text, out CapturedQuery? query) && query.Failure is null ? query : null;

    /// <summary>The file of a query.</summary>
    internal string PathOf(string text) => Path.Combine(Directory, CaptureLayout.FileOf(text));

    /// <summary>Records an answer whose file is in place, or a failed query.</summary>
    internal void Record(CapturedQuery query)
    {
        lock (_lock)
        {
            AppendLine(JsonSerializer.SerializeToUtf8Bytes(query, CaptureJson.Default.CapturedQuery), flush: true);
            _queries[query.Text] = query;
        }
    }

    private static bool IsInPlace(string directory, CapturedQuery query) =>
        query.File is null || (new FileInfo(Path.Combine(directory, query.File)) is { Exists: true } file && file.Length == query.Bytes);

    private void AppendLine(byte[] json, bool flush)
    {
        _journal.Write([.. json, (byte)'\n']);
        if (flush)
        {
            _journal.Flush(flushToDisk: true);
        }
    }
}
