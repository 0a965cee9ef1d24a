using Tars.TestKit;

namespace Tars.Cli.Tests;

/// <summary>Runs the built <c>tars</c>, as a user does.</summary>
internal static class TarsProgram
{
    /// <summary>The program: the one that was built with the tests, or the published one that <c>TARS_PROGRAM</c> names.</summary>
    private static readonly string Program = Environment.GetEnvironmentVariable("TARS_PROGRAM") is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "tars");

    public static TestKit.CommandLine Command(string folder, params string[] arguments) =>
        new(Program, arguments)
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
