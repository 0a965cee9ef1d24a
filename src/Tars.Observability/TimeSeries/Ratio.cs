using System.Globalization;

namespace Tars.Observability.TimeSeries;

/// <summary>A share in [0, 1]; 99.9 cannot enter it.</summary>
public readonly record struct Ratio : IComparable<Ratio>
{
    /// <summary>Creates a ratio.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1].</exception>
    public Ratio(double value)
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "a ratio lies in [0, 1]");
        }

        Value = value;
    }

    /// <summary>The share, in [0, 1].</summary>
    public double Value { get; }

    /// <summary>The share in percent, for output that a person or a documented field reads.</summary>
    public double Percent => Value * 100;

    /// <summary>Smaller share.</summary>
    public static bool operator <(Ratio left, Ratio right) => left.Value < right.Value;

    /// <summary>Larger share.</summary>
    public static bool operator >(Ratio left, Ratio right) => left.Value > right.Value;

    /// <summary>Smaller or equal share.</summary>
    public static bool operator <=(Ratio left, Ratio right) => left.Value <= right.Value;

    /// <summary>Larger or equal share.</summary>
    public static bool operator >=(Ratio left, Ratio right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Ratio other) => Value.CompareTo(other.Value);

    /// <summary>In percent, for example <c>99.9%</c>.</summary>
    public override string ToString() => (Value * 100).ToString("0.######", CultureInfo.InvariantCulture) + "%";
}
