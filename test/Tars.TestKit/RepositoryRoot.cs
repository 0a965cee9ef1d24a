namespace Tars.TestKit;

/// <summary>The repository that the running test was built from.</summary>
public static class RepositoryRoot
{
    /// <summary>Full path of the folder that holds <c>Tars.slnx</c>, found upwards from the test's binaries.</summary>
    public static string FullPath { get; } = FindRoot();

    /// <summary>Full path of a file or folder given relative to the root, with forward slashes.</summary>
    public static string PathOf(string relativePath) => Path.Combine(FullPath, relativePath);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tars.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no Tars.slnx above {AppContext.BaseDirectory}");
    }
}
