using System.Globalization;
using System.Text;
using System.Text.Json;
using Tars.Application.Publishing;
using Tars.Cli.CommandLine;
using Tars.Observability.TimeSeries;
using Tars.Reports;

namespace Tars.Cli.Commands.Kpi;

/// <summary>The window of a watch under way, beside its reports: <c>ga_kpi_watch.json</c>. It goes when the window is over.</summary>
/// <param name="folder">The folder of the reports.</param>
internal sealed class WatchFile(string folder)
{
    private const string Name = "ga_kpi_watch.json";

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, Name);

    /// <summary>The window, or null when no watch is under way.</summary>
    /// <exception cref="UsageException">The file is damaged.</exception>
    public TimeWindow? Read()
    {
        if (!File.Exists(Path))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path));
            return new TimeWindow(document.RootElement.GetProperty("from").GetDateTimeOffset(), document.RootElement.GetProperty("to").GetDateTimeOffset());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException)
        {
            throw new UsageException($"{Path}: it is no window of a watch ({exception.Message})", "remove it to begin a new one");
        }
    }

    /// <summary>Keeps a window.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public async Task WriteAsync(TimeWindow window, CancellationToken cancellationToken)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{{\n  \"from\": \"{Instants.Format(window.From)}\",\n  \"to\": \"{Instants.Format(window.To)}\"\n}}\n");
        await new ReportDirectory(folder).WriteAsync(new Report("kpi", [new ReportFile(Name, "application/json", Encoding.UTF8.GetBytes(text))]), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Forgets it.</summary>
    public void Remove() => File.Delete(Path);
}
