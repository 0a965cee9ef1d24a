using Tars.TestKit;

namespace Tars.Cli.Tests;

/// <summary>Runs the built <c>tars</c>, as a user does.</summary>
internal static class TarsProgram
{
    public static TestKit.CommandLine Command(string folder, params string[] arguments) =>
        new(Path.Combine(AppContext.BaseDirectory, "tars"), arguments)
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?> { ["TARS_PROFILE"] = null, ["TARS_CONFIG"] = null, ["XDG_CONFIG_HOME"] = folder, ["NO_COLOR"] = null },
            Timeout = TimeSpan.FromMinutes(5),
        };

    public static Task<CommandResult> RunAsync(string folder, params string[] arguments) =>
        Command(folder, arguments).RunAsync(Xunit.TestContext.Current.CancellationToken);

    /// <summary>Exit code and both outputs, as a transcript in a golden file shows them.</summary>
    public static string Transcript(CommandResult result, params string[] arguments) =>
        $"$ tars {string.Join(' ', arguments)}\n{result.Output}{result.Error}exit {result.ExitCode}\n";
}
