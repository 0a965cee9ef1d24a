using Xunit;

namespace Tars.TestKit;

/// <summary>Finds the programs that tests start, by name on PATH, and says what a test does without one.</summary>
public static class Executables
{
    /// <summary>Name of the variable that turns a missing program from a skip into a failure: <c>TARS_REQUIRE_SERVERS=1</c>.</summary>
    public const string RequireVariable = "TARS_REQUIRE_SERVERS";

    /// <summary>The full path of <paramref name="name"/> on PATH, or null when it is not installed.</summary>
    public static string? Find(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        string path = Environment.GetEnvironmentVariable("PATH") ?? string.Empty;
        return path
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>
    /// The full path of <paramref name="name"/>. Without it the calling test is skipped with the program's name, or fails
    /// when <c>TARS_REQUIRE_SERVERS=1</c>. Call it from a test, not from a fixture's constructor.
    /// </summary>
    public static string Require(string name)
    {
        string? found = Find(name);
        if (found is null)
        {
            string reason = $"`{name}` is not on PATH";
            if (Environment.GetEnvironmentVariable(RequireVariable) == "1")
            {
                Assert.Fail($"{reason}, and {RequireVariable}=1 asks for it");
            }

            Assert.Skip(reason);
        }

        return found;
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
