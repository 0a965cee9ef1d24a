using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>Receives one series of a matrix answer; the array is reused for the next.</summary>
internal delegate void MatrixConsumer(LabelSet labels, double[] values, int pointCount);

/// <summary>
/// Reads the answer of <c>/api/v1/query_range</c> as it arrives: structure and labels through <see cref="Utf8JsonReader"/>, points
/// through <see cref="PointScanner"/>. Keys may come in any order and unknown ones are skipped.
/// </summary>
internal sealed partial class MatrixReader
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
}
