using System.Globalization;
using System.Text;
using Tars.Application.Publishing;
using Tars.Cli.CommandLine;
using Tars.Reports;
using Tars.Simulation.Fleets;

namespace Tars.Cli.Commands.Demo;

/// <summary>Where the demo is put: its configuration, its capture, its reports, and what was planted.</summary>
/// <param name="path">The folder.</param>
internal sealed class DemoFolder(string path)
{
    private const string ConfigurationName = "tars.yaml";
    private const string PlantedName = "planted.txt";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The capture.</summary>
    public string Capture => System.IO.Path.Combine(Path, "capture");

    /// <summary>The configuration, that of <c>samples/demo.yaml</c>.</summary>
    public string Configuration => System.IO.Path.Combine(Path, ConfigurationName);

    /// <summary>What was planted in the fleet.</summary>
    public string Planted => System.IO.Path.Combine(Path, PlantedName);

    /// <summary>Writes the configuration and removes the capture of an earlier demo.</summary>
    /// <exception cref="UsageException">The folder holds something that no demo made.</exception>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(Path) && !File.Exists(Configuration) && Directory.EnumerateFileSystemEntries(Path).Any())
        {
            throw new UsageException($"{Path} is not empty and holds no demo", "choose another folder with --output");
        }

        bool isCapture = File.Exists(System.IO.Path.Combine(Capture, "manifest.json")) || File.Exists(System.IO.Path.Combine(Capture, "capture.journal"));
        if (isCapture)
        {
            try
            {
                Directory.Delete(Capture, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new OutputException(Capture, exception.Message, exception);
            }
        }

        using Stream sample = typeof(DemoFolder).Assembly.GetManifestResourceStream("Tars.Cli.demo.yaml")!;
        using MemoryStream bytes = new();
        await sample.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        await WriteAsync(ConfigurationName, "application/yaml", bytes.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what was planted, for a reader to compare with what was found. No analysis reads it.</summary>
    public Task WritePlantedAsync(SimulatedFleet fleet, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"What the simulation planted with seed {fleet.Seed} (UTC). The analyses have not seen this.\n\nfaults\n");
        foreach (PlantedFault fault in fleet.Faults)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {fault.Start:yyyy-MM-dd HH:mm} to {fault.End:yyyy-MM-dd HH:mm}  {fault.Kind,-18} {fault.Service ?? "(every service)"}\n");
        }

        text.Append("\ndecoys, which harm nobody\n");
        foreach (Decoy decoy in fleet.Decoys)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {decoy.Start:yyyy-MM-dd HH:mm} to {decoy.End:yyyy-MM-dd HH:mm}  {decoy.Kind,-18} {decoy.Service}\n");
        }

        return WriteAsync(PlantedName, "text/plain", Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
    }

    private Task<IReadOnlyList<string>> WriteAsync(string name, string mediaType, byte[] content, CancellationToken cancellationToken) =>
        new ReportDirectory(Path).WriteAsync(new Report("demo", [new ReportFile(name, mediaType, content)]), cancellationToken);
}
