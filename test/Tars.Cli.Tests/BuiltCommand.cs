using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests;

/// <summary>The built <c>tars</c> in a folder of the test's, and what it left there.</summary>
internal static class BuiltCommand
{
    /// <summary>The command line, to be started by the test.</summary>
    public static TestKit.CommandLine Line(string folder, params string[] arguments) => TarsProgram.Command(folder, arguments);

    /// <summary>Runs to the end.</summary>
    public static Task<CommandResult> RunAsync(string folder, params string[] arguments) => TarsProgram.RunAsync(folder, arguments);

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
