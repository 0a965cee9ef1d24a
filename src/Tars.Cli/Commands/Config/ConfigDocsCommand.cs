using System.CommandLine;
using Tars.Cli.CommandLine;
using Tars.Configuration.Reference;
using Tars.Configuration.Sections;

namespace Tars.Cli.Commands.Config;

/// <summary><c>tars config docs</c>: the reference of every key, as Markdown.</summary>
internal static class ConfigDocsCommand
{
    public static Command Create() => TarsCommand.Verb(
        "docs", "Prints the reference of every key as Markdown, as docs/reference/configuration.md has it", [], (run, _) => Task.FromResult(Run(run)), "tars config docs");

    private static int Run(CommandRun run)
    {
        run.Console.Write(ReferencePage.Of(TarsSchema.Instance));
        return ExitCode.Ok;
    }
}
