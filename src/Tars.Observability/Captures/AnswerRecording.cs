using System.Text.Json;
using Parquet;
using Parquet.Schema;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>Writes one answer to a temporary file that becomes the query's file when the answer is whole.</summary>
internal sealed class AnswerRecording : IAsyncDisposable
{
    private readonly string _path;
    private readonly string _text;
    private readonly DigestingStream _stream;
    private readonly double[] _group;
    private readonly int _count;
    private readonly List<Dictionary<string, string>> _labels = [];
    private ParquetWriter? _writer;
    private long _points;

    private AnswerRecording(string path, string text, int count)
    {
        (_path, _text, _count) = (path, text, count);
        _stream = new DigestingStream(path + CaptureLayout.Temporary);
        _group = new double[AnswerFile.SeriesPerGroup * count];
    }

    /// <summary>Begins.</summary>
    /// <param name="path">The file it becomes.</param>
    /// <param name="text">The PromQL text.</param>
    /// <param name="count">Values per series.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<AnswerRecording> BeginAsync(string path, string text, int count, CancellationToken cancellationToken)
    {
        AnswerRecording recording = new(path, text, count);
        try
        {
            recording._writer = await ParquetWriter.CreateAsync(new ParquetSchema(AnswerFile.Values), recording._stream, AnswerFile.WriteOptions(), cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            return recording;
        }
        catch
        {
            await recording.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds a series; one without any value is no series and is left out.</summary>
    public void Add(LabelSet labels, ReadOnlySpan<double> values)
    {
        if (values.Length != _count)
        {
            throw new ArgumentException($"a series has {_count} values, not {values.Length}", nameof(values));
        }

        int present = AnswerFile.CountPresent(values);
        if (present == 0)
        {
            return;
        }

        values.CopyTo(_group.AsSpan(_labels.Count % AnswerFile.SeriesPerGroup * _count));
        _points += present;
        _labels.Add(labels.ToDictionary(label => label.Key, label => label.Value));
        if (_labels.Count % AnswerFile.SeriesPerGroup == 0)
        {
            WriteGroup(AnswerFile.SeriesPerGroup);
        }
    }

    /// <summary>Ends: the file is complete, flushed and in place; or there is none when no series came.</summary>
    public async Task<CapturedQuery> CompleteAsync(IReadOnlyList<string> warnings)
    {
        int rest = _labels.Count % AnswerFile.SeriesPerGroup;
        if (rest > 0)
        {
            WriteGroup(rest);
        }

        if (_labels.Count == 0)
        {
            await DisposeAsync().ConfigureAwait(false);
            return new CapturedQuery(_text, null, 0, 0, 0, null, warnings, null);
        }

        _writer!.CustomMetadata = new Dictionary<string, string>
        {
            ["tars.query"] = _text,
            [AnswerFile.SeriesKey] = JsonSerializer.Serialize(_labels, CaptureJson.Default.ListDictionaryStringString),
        };
        await _writer.DisposeAsync().ConfigureAwait(false);
        _writer = null;
        long bytes = _stream.Length;
        string digest = _stream.Finish();
        File.Move(_path + CaptureLayout.Temporary, _path, overwrite: true);
        return new CapturedQuery(_text, Path.GetFileName(_path), _labels.Count, _points, bytes, digest, warnings, null);
    }

    /// <summary>Gives up what is not complete: the temporary file is removed.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_writer is { } writer)
            {
                _writer = null;
                await writer.DisposeAsync().ConfigureAwait(false); // writes the file's end, which a full disk refuses
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    private async Task CloseAsync()
    {
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            File.Delete(_path + CaptureLayout.Temporary);
        }
    }

    private void WriteGroup(int series)
    {
        using ParquetRowGroupWriter group = _writer!.CreateRowGroup();
        Task writing = group.WriteAsync<double>(AnswerFile.Values, _group.AsMemory(0, series * _count));
        writing.GetAwaiter().GetResult(); // complete already: the stream beneath writes synchronously
    }
}
