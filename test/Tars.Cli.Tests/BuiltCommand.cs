using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests;

/// <summary>The built <c>tars</c>, started as a program of its own, in a folder of the test's.</summary>
internal static class BuiltCommand
{
    /// <summary>The command line, to be started by the test.</summary>
    public static TestKit.CommandLine Line(string folder, params string[] arguments) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "tars.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?> { ["TARS_PROFILE"] = null, ["TARS_CONFIG"] = null, ["XDG_CONFIG_HOME"] = folder, ["NO_COLOR"] = null },
            Timeout = TimeSpan.FromMinutes(3),
        };

    /// <summary>Runs to the end.</summary>
    public static Task<CommandResult> RunAsync(string folder, params string[] arguments) =>
        Line(folder, arguments).RunAsync(TestContext.Current.CancellationToken);

    /// <summary>The files under a folder with their bytes, by path relative to it; empty when the folder does not exist.</summary>
    public static SortedDictionary<string, byte[]> FilesOf(string folder) => new(
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllBytes)
            : [],
        StringComparer.Ordinal);

    /// <summary>Asserts that two sets of files have the same names and the same bytes.</summary>
    public static void AssertSame(SortedDictionary<string, byte[]> expected, SortedDictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, file => Assert.True(file.Value.AsSpan().SequenceEqual(actual[file.Key]), $"{file.Key} differs"));
    }
}
