using Tars.Reports.Baselines;

namespace Tars.Application.Collecting;

/// <summary>Reads a <c>ga_kpi_summary.json</c> as a baseline: T.A.R.S.'s own, or the predecessor's with what must be known about it.</summary>
public static class BaselineFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const long SizeLimit = 64L << 20;

    private const string Hint = "write a baseline with 'tars kpi'";

    /// <summary>Reads a file.</summary>
    /// <exception cref="RequestException">It is missing, too large, or no KPI summary.</exception>
    public static async Task<BaselineReading> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > SizeLimit })
            {
                throw new RequestException($"{path} is larger than {SizeLimit} bytes, more than any summary");
            }

            return LegacyFiles.ReadBaseline(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: {exception.Message}", Hint);
        }
        catch (ReportFormatException exception)
        {
            throw new RequestException($"{path}: {exception.Message}", Hint);
        }
    }
}
