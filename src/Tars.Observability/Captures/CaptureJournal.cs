using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>What an earlier run left in a capture's directory.</summary>
internal static class CaptureJournal
{
    /// <summary>The queries completed so far: from the journal of an interrupted capture, or the manifest of a complete one.</summary>
    /// <exception cref="SeriesSourceException">The directory belongs to another capture, or holds other files.</exception>
    public static List<CapturedQuery> Read(string directory, CapturedSource source, CapturedGrid grid)
    {
        string manifest = Path.Combine(directory, CaptureLayout.Manifest);
        string journal = Path.Combine(directory, CaptureLayout.Journal);
        if (File.Exists(manifest))
        {
            return ReadManifest(manifest, source, grid);
        }

        if (File.Exists(journal))
        {
            return ReadJournal(journal, source, grid);
        }

        return Directory.EnumerateFileSystemEntries(directory).FirstOrDefault() is { } other
            ? throw new SeriesSourceException(SourceFailure.Backend, $"{directory} is neither empty nor a capture: it holds {Path.GetFileName(other)}", hint: "choose a new directory")
            : [];
    }

    private static List<CapturedQuery> ReadManifest(string path, CapturedSource source, CapturedGrid grid)
    {
        try
        {
            CaptureManifest complete = CaptureManifest.FromJson(File.ReadAllBytes(path));
            RequireSame(path, complete.Source, complete.Grid, source, grid);
            return [.. complete.Queries];
        }
        catch (InvalidDataException exception)
        {
            throw CaptureLayout.Damaged(path, exception.Message, exception);
        }
    }

    private static List<CapturedQuery> ReadJournal(string path, CapturedSource source, CapturedGrid grid)
    {
        List<CapturedQuery> done = [];
        using StreamReader lines = new(path);
        if (Parse(lines.ReadLine(), CaptureJson.Default.CaptureJournalHead) is not { } head)
        {
            return done; // killed while the first line was written: nothing is lost
        }

        RequireSame(path, head.Source, head.Grid, source, grid);
        while (Parse(lines.ReadLine(), CaptureJson.Default.CapturedQuery) is { } query)
        {
            done.Add(query); // a later line of the same query replaces an earlier one
        }

        return done;
    }

    /// <summary>A line, or null at the end and for the torn last line of a killed run.</summary>
    private static T? Parse<T>(string? line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return line is null ? null : JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void RequireSame(string path, CapturedSource source, CapturedGrid grid, CapturedSource newSource, CapturedGrid newGrid)
    {
        if (grid != newGrid || source != newSource)
        {
            throw new SeriesSourceException(
                SourceFailure.Backend,
                $"{path} belongs to a capture of {Describe(source, grid)}; asked for is {Describe(newSource, newGrid)}",
                hint: "choose another directory, or the same window, step and backend");
        }
    }

    private static string Describe(CapturedSource source, CapturedGrid grid) =>
        $"{source.Application} {source.Version}, {grid.ToGrid().Window}, step {PromQl.Duration(grid.ToGrid().Step)}";
}
