using System.CommandLine;
using System.Text;

namespace Tars.Cli.CommandLine;

/// <summary>A CSV file given on the command line.</summary>
internal static class CsvInput
{
    /// <summary>The path; its absence is a usage error.</summary>
    public static string PathOf(CommandRun run, Option<string?> option) =>
        run.Value(option) ?? throw new UsageException($"{option.Name} FILE is needed", "a file with rows of timestamp,value");

    /// <summary>Opens it; a file that cannot be read is a usage error, since the user named it.</summary>
    public static StreamReader Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new UsageException($"{path}: there is no such file");
        }

        try
        {
            return new StreamReader(path, Encoding.UTF8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: {exception.Message}");
        }
    }
}
