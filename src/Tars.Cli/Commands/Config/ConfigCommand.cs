using System.CommandLine;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Config;

/// <summary><c>tars config</c>: asks a configuration what it says and where it says it.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        TarsCommand config = new(
            "config",
            "Shows, explains, checks, compares and migrates configurations",
            "tars config show --origin",
            "tars config explain observability.step",
            "tars config validate");
        config.Subcommands.Add(ConfigShowCommand.Create());
        config.Subcommands.Add(ConfigExplainCommand.Create());
        config.Subcommands.Add(ConfigValidateCommand.Create());
        config.Subcommands.Add(ConfigDiffCommand.Create());
        config.Subcommands.Add(ConfigSchemaCommand.Create());
        config.Subcommands.Add(ConfigDocsCommand.Create());
        config.Subcommands.Add(ConfigMigrateCommand.Create());
        return config;
    }
}
