using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tars.Reports;

namespace Tars.Application.Publishing;

/// <summary>
/// A directory that receives reports. Every file is written whole under a temporary name, flushed to the disk and renamed, and no
/// file is renamed before all are written: a kill at any moment leaves each output either as it was or as it should be.
/// </summary>
/// <param name="path">The directory; made when it does not exist.</param>
public sealed class ReportDirectory(string path)
{
    private const string TemporarySuffix = ".tars-tmp";

    // To hand a small file to another thread costs more than to write it, and the first time a pool of threads.
    private const int WrittenAtOnce = 1 << 20;

    /// <summary>The directory.</summary>
    public string Path { get; } = path;

    /// <summary>Writes all files of a report.</summary>
    /// <returns>The paths written, in the report's order.</returns>
    /// <exception cref="OutputException">A file cannot be written; nothing was renamed and no temporary file is left.</exception>
    public Task<IReadOnlyList<string>> WriteAsync(Report report, CancellationToken cancellationToken) => ReplaceAsync(report, [], cancellationToken);

    /// <summary>Writes all files of a report, and then removes files of an older one that must not stay beside them: plaintext of what is sealed now.</summary>
    /// <param name="report">The files.</param>
    /// <param name="replaced">Names of the files to remove; those that are not there do not matter.</param>
    /// <param name="cancellationToken">Ends it before the first file is renamed.</param>
    /// <returns>The paths written, in the report's order.</returns>
    /// <exception cref="OutputException">A file cannot be written: nothing was renamed. Or an old file cannot be removed: the new ones are there.</exception>
    public async Task<IReadOnlyList<string>> ReplaceAsync(Report report, IReadOnlyList<string> replaced, CancellationToken cancellationToken)
    {
        using StagedReport staged = await StageAsync(report, replaced, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return staged.Place();
    }

    /// <summary>Writes all files of a report under temporary names and flushes them: once that is done, naming them needs no room any more.</summary>
    /// <param name="report">The files.</param>
    /// <param name="replaced">Names of files of an older report that must not stay beside the new ones: plaintext of what is sealed now. Those that are not there do not matter.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What gives them their names; disposed before, it removes them.</returns>
    /// <exception cref="OutputException">A file cannot be written; no temporary file is left.</exception>
    public async Task<StagedReport> StageAsync(Report report, IReadOnlyList<string> replaced, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(replaced);
        List<(string Temporary, string Final)> written = [];
        StagedReport? staged = new(Path, written, replaced) { IsFolderNew = !Directory.Exists(Path) };
        string current = Path;
        try
        {
            Directory.CreateDirectory(Path);
            RemoveOrphans();
            foreach (ReportFile file in report.Files)
            {
                current = System.IO.Path.Combine(Path, file.Name);
                string temporary = TemporaryNameOf(file.Name);
                written.Add((temporary, current));
                await WriteFlushedAsync(temporary, file.Content, cancellationToken).ConfigureAwait(false);
            }

            StagedReport whole = staged;
            staged = null;
            return whole;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(current, exception.Message, exception);
        }
        finally
        {
            staged?.Dispose();
        }
    }

    private static async Task WriteFlushedAsync(string temporary, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous);
        if (content.Length <= WrittenAtOnce)
        {
            RandomAccess.Write(file, content.Span, 0);
        }
        else
        {
            await RandomAccess.WriteAsync(file, content, 0, cancellationToken).ConfigureAwait(false);
        }

        RandomAccess.FlushToDisk(file);
    }

    private string TemporaryNameOf(string name) => System.IO.Path.Combine(
        Path, string.Create(CultureInfo.InvariantCulture, $".{name}.{Environment.ProcessId}{TemporarySuffix}"));

    /// <summary>Removes temporary files whose writer no longer runs.</summary>
    private void RemoveOrphans()
    {
        foreach (string temporary in Directory.EnumerateFiles(Path, $".*{TemporarySuffix}"))
        {
            string[] parts = System.IO.Path.GetFileName(temporary)[..^TemporarySuffix.Length].Split('.');
            if (int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int process) && !IsRunning(process))
            {
                File.Delete(temporary);
            }
        }
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
