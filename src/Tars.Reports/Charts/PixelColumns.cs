using System.Globalization;
using System.Text;

namespace Tars.Reports.Charts;

/// <summary>
/// A course cut into as many columns as a chart has: each keeps the smallest, the largest and the middle value of its steps, so that no
/// spike disappears. A column without a value stays empty, and the line breaks there.
/// </summary>
internal sealed class PixelColumns
{
    private const int Height = 400;
    private readonly (double Min, double Middle, double Max)?[] _columns;
    private readonly bool _isExact;

    private PixelColumns((double Min, double Middle, double Max)?[] columns, bool isExact)
    {
        _columns = columns;
        _isExact = isExact;
    }

    /// <summary>The coordinates of the paths: columns wide, this high, zero at the bottom.</summary>
    public string ViewBox => FormattableString.Invariant($"0 0 {_columns.Length} {Height}");

    /// <summary>The largest value; zero without any.</summary>
    public double Largest => _columns.Max(column => column?.Max) ?? 0;

    /// <summary>Cuts a course. Values that are not finite are missing.</summary>
    /// <param name="values">One value per step.</param>
    /// <param name="most">Columns at most.</param>
    public static PixelColumns Of(ReadOnlySpan<double> values, int most)
    {
        int count = Math.Max(1, Math.Min(values.Length, most));
        (double, double, double)?[] columns = new (double, double, double)?[count];
        List<double> inside = [];
        for (int c = 0; c < count; c++)
        {
            inside.Clear();
            int end = (int)((long)(c + 1) * values.Length / count);
            for (int i = (int)((long)c * values.Length / count); i < end; i++)
            {
                if (double.IsFinite(values[i]))
                {
                    inside.Add(values[i]);
                }
            }

            if (inside.Count > 0)
            {
                inside.Sort();
                columns[c] = (inside[0], inside[inside.Count / 2], inside[^1]);
            }
        }

        return new PixelColumns(columns, count == values.Length);
    }

    /// <summary>The line through the middle values.</summary>
    /// <param name="top">The value at the top of the chart, positive.</param>
    public string Line(double top)
    {
        StringBuilder path = new();
        foreach ((int from, int to) in Runs())
        {
            for (int c = from; c < to; c++)
            {
                path.Append(c == from ? 'M' : 'L').Append(Invariant(c)).Append(' ').Append(Y(_columns[c]!.Value.Middle, top));
            }

            if (to == from + 1)
            {
                path.Append("h.5"); // a lone value is a dot
            }
        }

        return path.ToString();
    }

    /// <summary>The area between smallest and largest values; empty when every column is one step.</summary>
    /// <param name="top">The value at the top of the chart, positive.</param>
    public string Area(double top)
    {
        StringBuilder path = new();
        foreach ((int from, int to) in _isExact ? [] : Runs())
        {
            for (int c = from; c < to; c++)
            {
                path.Append(c == from ? 'M' : 'L').Append(Invariant(c)).Append(' ').Append(Y(_columns[c]!.Value.Max, top));
            }

            for (int c = to - 1; c >= from; c--)
            {
                path.Append('L').Append(Invariant(c)).Append(' ').Append(Y(_columns[c]!.Value.Min, top));
            }

            path.Append('z');
        }

        return path.ToString();
    }

    /// <summary>A round number at or above a value, for the top of an axis.</summary>
    public static double Ceiling(double value)
    {
        if (!(value > 0) || !double.IsFinite(value))
        {
            return 1;
        }

        double unit = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double[] steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
        return steps.First(step => step * unit >= value * (1 - 1e-12) || step == 10) * unit;
    }

    private IEnumerable<(int From, int To)> Runs()
    {
        int from = -1;
        for (int c = 0; c <= _columns.Length; c++)
        {
            bool has = c < _columns.Length && _columns[c] is not null;
            if (has && from < 0)
            {
                from = c;
            }
            else if (!has && from >= 0)
            {
                yield return (from, c);
                from = -1;
            }
        }
    }

    private static string Y(double value, double top) => Invariant((int)Math.Round(Height * (1 - Math.Clamp(value / top, 0, 1))));

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);
}
