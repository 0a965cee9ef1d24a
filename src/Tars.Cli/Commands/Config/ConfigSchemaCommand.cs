using System.CommandLine;
using Tars.Cli.CommandLine;
using Tars.Configuration.Sections;

namespace Tars.Cli.Commands.Config;

/// <summary><c>tars config schema</c>: the JSON Schema of a configuration, for editors and pipelines.</summary>
internal static class ConfigSchemaCommand
{
    public static Command Create() => TarsCommand.Verb(
        "schema", "Prints the JSON Schema of a configuration; editors complete and check with it", [], (run, _) => Task.FromResult(Run(run)), "tars config schema");

    private static int Run(CommandRun run)
    {
        run.Console.Write(TarsSchema.ToJsonSchema());
        return ExitCode.Ok;
    }
}
