using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <content>What each token means where it stands.</content>
internal sealed partial class MatrixReader
{
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
                if (_key == "data" && _hasResult)
                {
                    throw new InvalidDataException("expected one data");
                }

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
