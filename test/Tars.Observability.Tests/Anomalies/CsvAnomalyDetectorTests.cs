using System.Globalization;
using Tars.Observability.Anomalies;

namespace Tars.Observability.Tests.Anomalies;

public sealed class CsvAnomalyDetectorTests
{
    [Fact]
    public void Detect_Rows_KeepsOrderTimesAndCount()
    {
        string input = "timestamp,value\n" + string.Concat(Enumerable.Range(0, 200).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"2026-01-05 {i / 60:00}:{i % 60:00}:00,{i % 7}\n")));
        using StringWriter output = new();
        (int rows, _) = CsvAnomalyDetector.Detect(new StringReader(input), output);
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(200, rows);
        Assert.Equal(CsvAnomalyDetector.Header, lines[0]);
        Assert.Equal(201, lines.Length);
        Assert.StartsWith("2026-01-05 03:19:00,3,", lines[200], StringComparison.Ordinal);
        Assert.Equal(6, lines[200].Split(',').Length);
    }

    [Fact]
    public void Detect_ColumnsNamedInAnotherOrderUnixTimesAndMissingValues_AreRead()
    {
        using StringWriter output = new();
        (int rows, int anomalies) = CsvAnomalyDetector.Detect(new StringReader("value,host,timestamp\n1.5,a,1767571200\n,a,1767571260\nNaN,a,1767571320\n"), output);
        Assert.Equal((3, 0), (rows, anomalies));
        Assert.Equal($"{CsvAnomalyDetector.Header}\n1767571200,1.5,0,false,,\n1767571260,,0,false,,\n1767571320,,0,false,,\n", output.ToString());
    }

    [Theory]
    [InlineData(AnomalyMethod.ZScore)]
    [InlineData(AnomalyMethod.Ewma)]
    public void Detect_NamedMethod_ComparesWithEarlierRowsByItsFormula(AnomalyMethod method)
    {
        // Twenty rows of 9 and 11: mean 10, standard deviation √(20/19). The moving average with weight 0.5 ends at Σ of its halves, below.
        double[] values = [.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? 9.0 : 11.0), 13.5, double.NaN, 10];
        string input = string.Join('\n', values.Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"{i * 60},{value}")));
        AnomalyOptions options = AnomalyOptions.Default with { Method = method, EwmaAlpha = 0.5, ZThreshold = 2 };
        using StringWriter output = new();

        (int rows, int anomalies) = CsvAnomalyDetector.Detect(new StringReader(input), output, options);

        string[] cells = output.ToString().Split('\n')[21].Split(',');
        double centre = method == AnomalyMethod.ZScore ? 10 : values[1..20].Aggregate(values[0], (average, value) => (average + value) / 2);
        double deviation = Math.Sqrt(20 / 19.0);
        double z = (13.5 - centre) / deviation;
        Assert.Equal((23, z >= 2 ? 1 : 0), (rows, anomalies));
        Assert.Equal(z >= 2 ? "true" : "false", cells[3]);
        Assert.Equal(1 - Math.Pow(2, -z / 2), double.Parse(cells[2], CultureInfo.InvariantCulture), 12);
        Assert.Equal(centre - (2 * deviation), double.Parse(cells[4], CultureInfo.InvariantCulture), 12);
        Assert.Equal(centre + (2 * deviation), double.Parse(cells[5], CultureInfo.InvariantCulture), 12);
        Assert.Equal("1260,,0,false,,", output.ToString().Split('\n')[22]);
        Assert.Equal(",0,false,,", output.ToString().Split('\n')[1][^10..]);
    }

    [Theory]
    [InlineData("timestamp,value\n2026-01-05 00:00:00,x\n", "line 2: \"x\" is not a number")]
    [InlineData("timestamp,value\nyesterday,1\n", "line 2: \"yesterday\" is not a time; expected ISO 8601 or Unix seconds")]
    [InlineData("2026-01-05 00:00:00\n", "line 1: 1 columns; timestamp and value are expected")]
    public void Detect_BadRow_IsRefusedWithItsLine(string input, string message)
    {
        using StringWriter output = new();
        FormatException exception = Assert.Throws<FormatException>(() => CsvAnomalyDetector.Detect(new StringReader(input), output));
        Assert.Equal(message, exception.Message);
    }
}
