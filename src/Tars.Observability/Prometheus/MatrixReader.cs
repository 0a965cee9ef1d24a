using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>Receives one series of a matrix answer; the array is reused for the next.</summary>
internal delegate void MatrixConsumer(LabelSet labels, double[] values, int pointCount);

/// <summary>
/// Reads the answer of <c>/api/v1/query_range</c> as it arrives: structure and labels through <see cref="Utf8JsonReader"/>, points
/// through <see cref="PointScanner"/>. Keys may come in any order and unknown ones are skipped.
/// </summary>
internal sealed class MatrixReader
{
    /// <summary>The warning that stands for VictoriaMetrics's <c>isPartial</c>.</summary>
    public const string PartialAnswer = "the backend marks its answer as partial";

    private const int BufferSize = 256 * 1024;

    private readonly PointScanner _points;
    private readonly double[] _values;
    private readonly MatrixConsumer _consumer;
    private readonly string _query;
    private readonly List<KeyValuePair<string, string>> _labels = [];
    private readonly List<string> _warnings = [];
    private JsonReaderState _state;
    private Place _place = Place.Start;
    private Place _after; // where a skipped value ends
    private int _skipDepth;
    private string _key = string.Empty;
    private string? _status;
    private string? _error;
    private bool _inPoints;
    private bool _hasLabels;
    private bool _hasValues;
    private bool _hasResult;
    private long _offset; // bytes of the answer before the buffer

    /// <summary>Creates a reader for one answer.</summary>
    /// <param name="query">The PromQL text, for messages.</param>
    /// <param name="first">Instant of element 0, milliseconds since the Unix epoch.</param>
    /// <param name="step">Distance between elements, milliseconds.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="consumer">Receives each series.</param>
    public MatrixReader(string query, long first, long step, int count, MatrixConsumer consumer)
    {
        _query = query;
        _points = new PointScanner(first, step);
        _values = new double[count];
        _consumer = consumer;
    }

    private enum Place
    {
        Start,
        Top,
        Data,
        Result,
        Series,
        Metric,
        Texts,
        Skipped,
        End,
    }

    /// <summary>Warnings, infos and the mark of a partial answer.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads the whole answer.</summary>
    /// <exception cref="InvalidDataException">Not an answer of the expected form; the message says at which byte.</exception>
    /// <exception cref="SeriesSourceException">The backend says the query failed, or answers with native histograms.</exception>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferSize];
        int filled = 0;
        while (true)
        {
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2); // one label set or text larger than the buffer; bounded by the answer's limit
            }

            int read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            filled += read;
            int used = Advance(buffer.AsSpan(0, filled), read == 0);
            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            filled -= used;
            if (read == 0)
            {
                Finish();
                return;
            }
        }
    }

    private void Finish()
    {
        if (_status == "error")
        {
            throw new SeriesSourceException(SourceFailure.Query, _error ?? "the backend reports an error without a text", _query);
        }

        if (_place != Place.End || _status != "success" || !_hasResult)
        {
            throw new InvalidDataException($"byte {_offset}: the answer ends without status \"success\" and a result");
        }
    }

    /// <summary>Works through what is there.</summary>
    /// <returns>Bytes used.</returns>
    private int Advance(ReadOnlySpan<byte> bytes, bool final)
    {
        int at = 0;
        while (true)
        {
            if (_inPoints)
            {
                bool closed = ScanPoints(bytes[at..], at, out int scanned);
                at += scanned;
                if (!closed)
                {
                    return final ? throw new InvalidDataException($"byte {_offset + at}: the answer ends inside a series") : Leave(at);
                }

                _inPoints = false;
            }

            Utf8JsonReader reader = new(bytes[at..], final, _state);
            try
            {
                while (!_inPoints && reader.Read())
                {
                    OnToken(ref reader);
                }
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"byte {_offset + at + reader.BytesConsumed}: {exception.Message}", exception);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException($"byte {_offset + at + reader.TokenStartIndex}: {exception.Message}", exception);
            }

            _state = reader.CurrentState;
            at += (int)reader.BytesConsumed;
            if (!_inPoints)
            {
                return Leave(at);
            }
        }
    }

    private int Leave(int used)
    {
        _offset += used;
        return used;
    }

    private bool ScanPoints(ReadOnlySpan<byte> bytes, int at, out int scanned)
    {
        try
        {
            return _points.Scan(bytes, _values, out scanned);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"byte {_offset + at + _points.FailedAt}: {exception.Message}", exception);
        }
    }

    private void OnToken(ref Utf8JsonReader reader)
    {
        switch (_place)
        {
            case Place.Start:
                Enter(reader.TokenType == JsonTokenType.StartObject, Place.Top, "an object");
                break;
            case Place.Top:
                OnTop(ref reader);
                break;
            case Place.Data:
                OnData(ref reader);
                break;
            case Place.Result:
                OnResult(ref reader);
                break;
            case Place.Series:
                OnSeries(ref reader);
                break;
            case Place.Metric:
                OnMetric(ref reader);
                break;
            case Place.Texts when reader.TokenType == JsonTokenType.String:
                _warnings.Add(Text(ref reader));
                break;
            case Place.Texts:
                Enter(reader.TokenType == JsonTokenType.EndArray, Place.Top, "a list of texts");
                break;
            case Place.Skipped:
                _place = reader.CurrentDepth == _skipDepth ? _after : Place.Skipped;
                break;
            default:
                throw new InvalidDataException("expected the end of the answer");
        }
    }

    private void OnTop(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType, _key)
        {
            case (JsonTokenType.PropertyName, _):
                _key = Text(ref reader);
                break;
            case (JsonTokenType.EndObject, _):
                _place = Place.End;
                break;
            case (JsonTokenType.String, "status"):
                _status = Text(ref reader);
                break;
            case (JsonTokenType.String, "error"):
                _error = Text(ref reader);
                break;
            case (JsonTokenType.StartObject, "data"):
                _place = Place.Data;
                break;
            case (JsonTokenType.StartArray, "warnings" or "infos"):
                _place = Place.Texts;
                break;
            case (JsonTokenType.True, "isPartial"):
                _warnings.Add(PartialAnswer);
                break;
            default:
                Skip(ref reader);
                break;
        }
    }

    private void OnData(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType, _key)
        {
            case (JsonTokenType.PropertyName, _):
                _key = Text(ref reader);
                break;
            case (JsonTokenType.EndObject, _):
                _place = Place.Top;
                break;
            case (JsonTokenType.String, "resultType"):
                if (!reader.ValueTextEquals("matrix"u8))
                {
                    throw new InvalidDataException($"expected resultType \"matrix\", not \"{Text(ref reader)}\"");
                }

                break;
            case (JsonTokenType.StartArray, "result"):
                Enter(!_hasResult, Place.Result, "one result");
                _hasResult = true;
                break;
            case (_, "result"):
                throw new InvalidDataException("expected a list of series as result");
            default:
                Skip(ref reader);
                break;
        }
    }

    private void OnResult(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _place = Place.Data;
            return;
        }

        Enter(reader.TokenType == JsonTokenType.StartObject, Place.Series, "a series");
        _labels.Clear();
        Array.Fill(_values, double.NaN);
        _points.Begin();
        (_hasLabels, _hasValues) = (false, false);
    }

    private void OnSeries(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType, _key)
        {
            case (JsonTokenType.PropertyName, _):
                _key = Text(ref reader);
                break;
            case (JsonTokenType.EndObject, _):
                if (!_hasLabels)
                {
                    throw new InvalidDataException("expected \"metric\" in a series");
                }

                _place = Place.Result;
                _consumer(Labels(), _values, _points.PointCount);
                break;
            case (JsonTokenType.StartObject, "metric"):
                Enter(!_hasLabels, Place.Metric, "one \"metric\" in a series");
                _hasLabels = true;
                break;
            case (JsonTokenType.StartArray, "values"):
                Enter(!_hasValues, Place.Series, "one \"values\" in a series");
                (_hasValues, _inPoints) = (true, true);
                break;
            case (JsonTokenType.EndArray, "values"):
                break;
            case (_, "metric" or "values"):
                throw new InvalidDataException($"expected labels or points as \"{_key}\"");
            case (JsonTokenType.StartArray, "histograms"):
                throw new SeriesSourceException(
                    SourceFailure.Query,
                    "the answer holds native histograms, which are not read",
                    _query,
                    "ask for the classic buckets (the metric's _bucket series), or for histogram_quantile or histogram_sum");
            default:
                Skip(ref reader);
                break;
        }
    }

    private void OnMetric(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _key = Text(ref reader);
                break;
            case JsonTokenType.EndObject:
                _place = Place.Series;
                break;
            case JsonTokenType.String:
                _labels.Add(new(_key, Text(ref reader)));
                break;
            default:
                throw new InvalidDataException($"expected a text as value of the label {_key}");
        }
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException("a text is not valid UTF-8", exception);
        }
    }

    private LabelSet Labels()
    {
        try
        {
            return new LabelSet(_labels);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private void Enter(bool expected, Place place, string what) =>
        _place = expected ? place : throw new InvalidDataException($"expected {what}");

    private void Skip(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            _skipDepth = reader.CurrentDepth; // the depth at which its end is reported too
            _after = _place;
            _place = Place.Skipped;
        }
    }
}
