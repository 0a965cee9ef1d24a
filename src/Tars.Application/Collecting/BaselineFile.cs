using Tars.Reports.Baselines;

namespace Tars.Application.Collecting;

/// <summary>Reads a <c>ga_kpi_summary.json</c> from a path, as a baseline.</summary>
public static class BaselineFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const long SizeLimit = 64L << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="RequestException">It is missing, or no summary.</exception>
    public static async Task<BaselineReading> ReadAsync(string path, CancellationToken cancellationToken)
    {
        const string hint = "write a baseline with 'tars kpi'";
        if (!File.Exists(path))
        {
            throw new RequestException($"{path}: there is no such file", hint);
        }

        try
        {
            return new FileInfo(path).Length <= SizeLimit
                ? LegacyFiles.ReadBaseline(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false))
                : throw new RequestException($"{path}: it is larger than {SizeLimit} bytes, more than any summary", hint);
        }
        catch (ReportFormatException exception)
        {
            throw new RequestException($"{path}: {exception.Message}", hint);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: {exception.Message}", hint);
        }
    }
}
