using System.Text;

namespace Tars.TestKit.Canaries;

/// <summary>A finished run and what it leaked.</summary>
/// <param name="Result">What the command left.</param>
/// <param name="Hits">The canaries found in its outputs, its files, its temporary files and the arguments of processes; none when it is tight.</param>
public sealed record CanaryRunResult(CommandResult Result, IReadOnlyList<CanaryHit> Hits);

/// <summary>Runs commands among planted canaries and looks for them in everything the run leaves.</summary>
/// <param name="searchOf">Says what is looked for when the command has ended: keys and tokens that were made meanwhile may be in it.</param>
/// <param name="planted">Full paths of files that hold canaries because the test put them there; read after <paramref name="searchOf"/>.</param>
public sealed class CanaryRun(Func<CanarySearch> searchOf, IReadOnlySet<string> planted)
{
    /// <summary>Runs that look for what is known beforehand.</summary>
    /// <param name="search">What is looked for.</param>
    /// <param name="planted">Full paths of files that hold canaries because the test put them there.</param>
    public CanaryRun(CanarySearch search, IReadOnlySet<string> planted)
        : this(() => search, planted)
    {
    }

    /// <summary>
    /// Runs <paramref name="line"/> in its working directory, with a folder of its own for temporary files, and searches standard output and
    /// error, every file below both folders, and the arguments of all processes of the machine while it runs (Linux; a process that lives
    /// less than a tenth of a second may be missed).
    /// </summary>
    /// <param name="line">The command; its working directory must be set, and belongs to this run.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<CanaryRunResult> RunAsync(CommandLine line, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(line);
        string folder = line.WorkingDirectory ?? throw new ArgumentException("a canary run needs a working directory of its own", nameof(line));
        using TemporaryDirectory temporary = new();
        CommandLine own = line with { Environment = new Dictionary<string, string?>(line.Environment) { ["TMPDIR"] = temporary.Path } };
        ProcessArguments arguments = new();
        CommandResult result;
        await using (RunningCommand running = own.Start())
        {
            Task<CommandResult> end = running.WaitAsync(cancellationToken);
            while (await Task.WhenAny(end, Task.Delay(100, cancellationToken)) != end)
            {
                arguments.Sample();
            }

            result = await end;
        }

        CanarySearch search = searchOf();
        List<CanaryHit> hits =
        [
            .. search.In("standard output", Encoding.UTF8.GetBytes(result.Output)),
            .. search.In("standard error", Encoding.UTF8.GetBytes(result.Error)),
            .. search.InFiles(folder, planted),
            .. search.InFiles(temporary.Path, planted).Select(hit => hit with { Place = "temporary " + hit.Place }),
        ];
        foreach (byte[] commandLine in arguments.Seen)
        {
            hits.AddRange(search.In("the arguments of a process", commandLine));
        }

        return new CanaryRunResult(result, hits);
    }
}
