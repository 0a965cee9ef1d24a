using System.Globalization;
using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.Prometheus;

/// <summary>A slow parser of matrix answers through <see cref="JsonDocument"/>, written for comparison. Null means: no such answer.</summary>
internal static class MatrixReference
{
    public static Dictionary<LabelSet, double[]>? Parse(ReadOnlyMemory<byte> json, long first, long step, int count)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            Dictionary<LabelSet, double[]> all = [];
            foreach (JsonElement series in root.GetProperty("data").GetProperty("result").EnumerateArray())
            {
                LabelSet labels = new(series.GetProperty("metric").EnumerateObject().Select(label => KeyValuePair.Create(label.Name, label.Value.GetString()!)));
                double[] values = new double[count];
                Array.Fill(values, double.NaN);
                if (series.TryGetProperty("values", out JsonElement points))
                {
                    foreach (JsonElement point in points.EnumerateArray())
                    {
                        decimal milliseconds = point[0].GetDecimal() * 1000;
                        values[checked((int)((milliseconds - first) / step))] = Number(point[1].GetString()!);
                    }
                }

                all[labels] = values;
            }

            return all;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    private static double Number(string text) => text switch
    {
        "NaN" => double.NaN,
        "+Inf" or "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
