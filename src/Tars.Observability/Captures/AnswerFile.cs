using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Parquet;
using Parquet.Schema;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>The Parquet file of one answer: values in row groups of ten series, labels in the file's key-value metadata.</summary>
internal static class AnswerFile
{
    /// <summary>Series per row group: enough for the codec to work well, few enough to stay in cache.</summary>
    public const int SeriesPerGroup = 10;

    /// <summary>Key of the labels: a JSON array with one object per series, in the order of the values.</summary>
    public const string SeriesKey = "tars.series";

    /// <summary>The one column.</summary>
    public static readonly DataField<double> Values = new("value");

    /// <summary>How values are written. The level is set because the library's own default is the slowest.</summary>
    public static ParquetOptions WriteOptions()
    {
        ParquetOptions options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Optimal };
        options.ColumnEncodingHints[Values.Name] = EncodingHint.ByteSplitStream;
        return options;
    }

    /// <summary>Hands out the series of a file, cut to <paramref name="steps"/>, those without a value in it left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="query">What the manifest says of it.</param>
    /// <param name="count">Steps of the capture's grid.</param>
    /// <param name="steps">The steps asked for.</param>
    /// <param name="consumer">Receives each series.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SeriesSourceException">The file cannot be read, or is not what the manifest says.</exception>
    public static async Task<QueryAnswer> ReadAsync(
        string path, CapturedQuery query, int count, (int Start, int Length) steps, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        Contents contents;
        try
        {
            contents = await OpenAsync(path, query, count, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw CaptureLayout.Damaged(path, exception.Message, exception);
        }

        await using (contents.Reader.ConfigureAwait(false))
        {
            double[] values = new double[SeriesPerGroup * count];
            int series = 0;
            long points = 0;
            for (int group = 0; group < contents.Reader.RowGroupCount; group++)
            {
                int inGroup = Math.Min(SeriesPerGroup, contents.Labels.Length - (group * SeriesPerGroup));
                await ReadGroupAsync(path, contents, group, values.AsMemory(0, inGroup * count), cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < inGroup; i++)
                {
                    ReadOnlySpan<double> own = values.AsSpan((i * count) + steps.Start, steps.Length);
                    int present = CountPresent(own);
                    if (present > 0)
                    {
                        series++;
                        points += present;
                        consumer(contents.Labels[(group * SeriesPerGroup) + i], own);
                    }
                }
            }

            return new QueryAnswer(series, points, query.Warnings);
        }
    }

    /// <summary>Values that are not NaN.</summary>
    public static int CountPresent(ReadOnlySpan<double> values)
    {
        ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        Vector<long> equal = Vector<long>.Zero;
        foreach (Vector<double> vector in vectors)
        {
            equal += Vector.Equals(vector, vector); // minus one where a value equals itself, which NaN does not
        }

        long present = -Vector.Sum(equal);
        foreach (double value in values[(vectors.Length * Vector<double>.Count)..])
        {
            present += double.IsNaN(value) ? 0 : 1;
        }

        return (int)present;
    }

    private static async Task<Contents> OpenAsync(string path, CapturedQuery query, int count, CancellationToken cancellationToken)
    {
        ParquetReader reader = await ParquetReader.CreateAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
        string json = reader.CustomMetadata?.GetValueOrDefault(SeriesKey) ?? throw new InvalidDataException($"it has no metadata {SeriesKey}");
        List<Dictionary<string, string>> labels = JsonSerializer.Deserialize(json, CaptureJson.Default.ListDictionaryStringString) ?? [];
        if (labels.Count != query.SeriesCount || reader.RowGroupCount != (labels.Count + SeriesPerGroup - 1) / SeriesPerGroup)
        {
            throw new InvalidDataException($"it holds {labels.Count} series in {reader.RowGroupCount} row groups; the manifest says {query.SeriesCount} series");
        }

        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            long expected = (long)count * Math.Min(SeriesPerGroup, labels.Count - (group * SeriesPerGroup));
            long rows = reader.RowGroups[group].RowCount;
            if (rows != expected)
            {
                throw new InvalidDataException($"row group {group} holds {rows} values, not {expected}");
            }
        }

        DataField field = reader.Schema.DataFields is [{ Name: "value" } only] ? only : throw new InvalidDataException("it has not the one column \"value\"");
        return new Contents(reader, field, [.. labels.Select(set => new LabelSet(set))]);
    }

    private static async Task ReadGroupAsync(string path, Contents contents, int group, Memory<double> values, CancellationToken cancellationToken)
    {
        try
        {
            using ParquetRowGroupReader rows = contents.Reader.OpenRowGroupReader(group);
            await rows.ReadAsync<double>(contents.Field, values, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw CaptureLayout.Damaged(path, $"row group {group}: {exception.Message}", exception);
        }
    }

    private static bool IsDamage(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or InvalidDataException or ParquetException or JsonException or ArgumentException or InvalidOperationException or NotSupportedException;

    private sealed record Contents(ParquetReader Reader, DataField Field, LabelSet[] Labels);
}
