using Tars.Cli.CommandLine;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Crypt;

/// <summary>Work between standard input or a file and standard output or a file. A file appears when the work is done, or not at all.</summary>
internal static class CryptStreams
{
    /// <summary>Runs work on streams.</summary>
    /// <param name="run">The run.</param>
    /// <param name="job">From where to where.</param>
    /// <param name="what">What the progress line says.</param>
    /// <param name="work">The work.</param>
    /// <param name="isWhole">Whether a file is kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SealedFileException">Something cannot be read or written.</exception>
    public static async Task<T> RunAsync<T>(
        CommandRun run, CryptJob job, string what, Func<CryptInput, Stream, Task<T>> work, Func<T, bool> isWhole, CancellationToken cancellationToken)
    {
        try
        {
            using CryptInput input = new(job, cancellationToken);
            long total = job.ReadsStandardInput ? 0 : CryptProgress.LengthOf(job.Input);
            if (job.WritesStandardOutput)
            {
                using Stream standard = System.Console.OpenStandardOutput();
                using DigestingStream output = new(standard);
                T written = await CryptProgress.ShowAsync(run, what, total, () => input.Count, work(input, output)).ConfigureAwait(false);
                run.Audit.Wrote(new RunOutput("(standard output)", output.Sha256));
                return written;
            }

            using ReplacementFile file = new(job.Output, ReplacementFile.OwnerOnly);
            T result = await CryptProgress.ShowAsync(run, what, total, () => input.Count, work(input, file.Stream)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (isWhole(result))
            {
                file.Commit();
                AuditedRun.Wrote(run.Audit, job.Output);
            }

            return result;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SealedFileException($"{Name(job.Input, "standard input")} to {Name(job.Output, "standard output")}", exception);
        }
    }

    private static string Name(string path, string standard) => path == CryptJob.Standard ? standard : path;
}
