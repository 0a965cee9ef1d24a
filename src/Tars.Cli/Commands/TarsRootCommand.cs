using System.CommandLine;

namespace Tars.Cli.Commands;

/// <summary>The root of the command tree; each noun adds itself here.</summary>
internal static class TarsRootCommand
{
    public static RootCommand Create() => new("Turns the metrics a team already has into evidence that other people can check.");
}
