using System.Globalization;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Crypt;

/// <summary>How far long work on one file is, on a terminal only.</summary>
internal static class CryptProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for work and shows how far it is.</summary>
    /// <param name="run">The run.</param>
    /// <param name="what">What is done with what.</param>
    /// <param name="total">Bytes in all; 0 when that is not known.</param>
    /// <param name="done">Bytes so far.</param>
    /// <param name="work">The work.</param>
    public static async Task<T> ShowAsync<T>(CommandRun run, string what, long total, Func<long> done, Task<T> work)
    {
        while (await Task.WhenAny(work, Task.Delay(Interval, run.Time)).ConfigureAwait(false) != work)
        {
            double mebibytes = done() / (double)(1 << 20);
            run.Console.Progress(total > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{what}: {mebibytes:0} of {total / (double)(1 << 20):0} MiB")
                : string.Create(CultureInfo.InvariantCulture, $"{what}: {mebibytes:0} MiB"));
        }

        run.Console.ClearProgress();
        return await work.ConfigureAwait(false);
    }

    /// <summary>Length of a file, or 0 while it is not there.</summary>
    public static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
