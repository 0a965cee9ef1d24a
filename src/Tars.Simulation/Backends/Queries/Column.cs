namespace Tars.Simulation.Backends.Queries;

/// <summary>The values of one series at every evaluation instant; <see cref="Absent"/> where it has none.</summary>
internal sealed record Column(SeriesLabels Labels, double[] Values)
{
    private const long AbsentBits = 0x7FF0_0000_0000_0002; // the staleness marker of Prometheus: a NaN that no arithmetic yields

    /// <summary>No value; differs from NaN, which is a value that a query can yield.</summary>
    public static double Absent { get; } = BitConverter.Int64BitsToDouble(AbsentBits);

    /// <summary>Whether there is a value.</summary>
    public static bool IsPresent(double value) => BitConverter.DoubleToInt64Bits(value) != AbsentBits;

    /// <summary>Values that are all absent.</summary>
    public static double[] Blank(int count)
    {
        double[] values = new double[count];
        Array.Fill(values, Absent);
        return values;
    }
}

/// <summary>The instants a query is evaluated at: <paramref name="StartMs"/> + i × <paramref name="StepMs"/>.</summary>
internal readonly record struct Instants(long StartMs, long StepMs, int Count)
{
    /// <summary>Instant i, Unix milliseconds.</summary>
    public long At(int i) => StartMs + (i * StepMs);
}
