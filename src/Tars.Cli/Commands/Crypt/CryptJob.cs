using System.CommandLine;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Crypt;

/// <summary>One file to encrypt, decrypt or sign: where it comes from and where the result goes. <c>-</c> is standard input or output.</summary>
/// <param name="Input">The file read.</param>
/// <param name="Output">The file written.</param>
internal sealed record CryptJob(string Input, string Output)
{
    public const string Standard = "-";

    /// <summary>The files of a command. None is refused by <see cref="Plan"/>, so that help can be asked for without one.</summary>
    public static Argument<string[]> FilesArgument() => new("FILE") { Description = "Files to read; - alone is standard input", Arity = ArgumentArity.ZeroOrMore };

    public static Option<string?> OutputOption { get; } = CommonOptions.Text(
        "--output", "PATH", "File for the result, or a folder for results; - is standard output. Default: beside FILE; standard output for -");

    public static Option<bool> Force { get; } = CommonOptions.Flag("--force", "Replaces results that exist");

    public bool ReadsStandardInput => Input == Standard;

    public bool WritesStandardOutput => Output == Standard;

    /// <summary>Says what is done with each file, and refuses everything that can be refused before any work.</summary>
    /// <param name="run">The run.</param>
    /// <param name="files">The files asked for.</param>
    /// <param name="nameOf">Returns the result's name for a file's; throws when it has none.</param>
    /// <exception cref="UsageException">A file is not there, a result exists, or two results have one name.</exception>
    public static IReadOnlyList<CryptJob> Plan(CommandRun run, IReadOnlyList<string> files, Func<string, string> nameOf)
    {
        if (files.Count == 0)
        {
            throw new UsageException("a file is needed", "- is standard input");
        }

        string? output = run.Value(OutputOption);
        bool intoFolder = output is not null && output != Standard && (Directory.Exists(output) || output.EndsWith('/'));
        if (files.Count > 1 && (files.Contains(Standard) || (output is not null && !intoFolder)))
        {
            throw new UsageException(
                files.Contains(Standard) ? "- stands for standard input and is given alone" : $"--output {output}: one result is written there, and there are {files.Count} files",
                "with several files --output is an existing folder");
        }

        if (intoFolder && !Directory.Exists(output))
        {
            throw new UsageException($"--output {output}: there is no such folder");
        }

        CryptJob[] jobs = [.. files.Select(file => new CryptJob(file, OutputOf(file, output, intoFolder, nameOf)))];
        foreach (CryptJob job in jobs)
        {
            job.Check(run.Has(Force));
        }

        if (jobs.Where(job => !job.WritesStandardOutput).GroupBy(job => Path.GetFullPath(job.Output)).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UsageException($"{twice.First().Output}: the results of {string.Join(" and ", twice.Select(job => job.Input))} would have this name", "run the command once for each");
        }

        return Array.Exists(jobs, job => job.WritesStandardOutput) && Config.ConfigFormat.IsJson(run)
            ? throw new UsageException("-o json: standard output gets the content", "write the content to a file with --output")
            : jobs;
    }

    private static string OutputOf(string file, string? output, bool intoFolder, Func<string, string> nameOf) =>
        intoFolder && file == Standard ? throw new UsageException($"--output {output}: what comes from standard input has no name", "name a file")
        : intoFolder ? Path.Combine(output!, Path.GetFileName(nameOf(file)))
        : output ?? (file == Standard ? Standard : nameOf(file));

    private void Check(bool force)
    {
        if (!ReadsStandardInput && !File.Exists(Input))
        {
            throw new UsageException(Directory.Exists(Input) ? $"{Input}: it is a folder; files are expected" : $"{Input}: there is no such file");
        }

        if (WritesStandardOutput)
        {
            return;
        }

        string full = Path.GetFullPath(Output);
        if (!ReadsStandardInput && Path.GetFullPath(Input) == full)
        {
            throw new UsageException($"{Output}: the result would replace what is read", "name another file with --output");
        }

        if (Directory.Exists(full) || IsDevice(full))
        {
            throw new UsageException($"{Output}: it is no file that can be replaced", "- is standard output");
        }

        if (File.Exists(full) && !force)
        {
            throw new UsageException($"{Output}: it exists", "--force replaces it; --output names another");
        }
    }

    // A result is renamed into place: a device must not be replaced by a file.
    private static bool IsDevice(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);
}
