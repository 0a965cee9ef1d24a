using Xunit;

namespace Tars.TestKit;

/// <summary>Public data sets and test vectors that are not in the repository: a folder named by <c>TARS_TESTDATA</c>.</summary>
public static class TestData
{
    /// <summary>Name of the variable that holds the folder.</summary>
    public const string Variable = "TARS_TESTDATA";

    /// <summary>
    /// The full path of a file or folder in the test data. Without the variable, or without that file, the calling test is
    /// skipped with the reason.
    /// </summary>
    public static string Require(string relativePath)
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder))
        {
            Assert.Skip($"{Variable} is not set: {relativePath} is test data outside the repository");
        }

        string path = Path.GetFullPath(Path.Combine(folder, relativePath));
        if (!Path.Exists(path))
        {
            Assert.Skip($"{Variable} holds no {relativePath}");
        }

        return path;
    }
}
