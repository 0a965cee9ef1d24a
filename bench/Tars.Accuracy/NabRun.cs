using Tars.Observability.Anomalies;

namespace Tars.Accuracy;

/// <summary>
/// Writes the scores of every series of the Numenta Anomaly Benchmark (A. Lavin and S. Ahmad, ICMLA 2015, doi:10.1109/ICMLA.2015.141), in the
/// layout that the benchmark's own scorer reads.
/// </summary>
internal static class NabRun
{
    /// <summary>Scores <c>data/**/*.csv</c> under a folder into files of the same relative path under another.</summary>
    /// <returns>How many series were scored.</returns>
    public static int Run(string benchmark, string results)
    {
        string data = Path.Combine(benchmark, "data");
        string[] files = [.. Directory.EnumerateFiles(data, "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Parallel.ForEach(files, new ParallelOptions { MaxDegreeOfParallelism = 2 }, file =>
        {
            string target = Path.Combine(results, Path.GetRelativePath(data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? results);
            using StreamReader input = new(file);
            using StreamWriter output = new(target);
            CsvAnomalyDetector.Detect(input, output);
        });
        return files.Length;
    }
}
