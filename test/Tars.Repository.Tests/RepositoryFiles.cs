using Tars.TestKit;

namespace Tars.Repository.Tests;

/// <summary>The files that are, or would be, in version control: everything but build outputs.</summary>
internal static class RepositoryFiles
{
    private static readonly HashSet<string> OutputFolders =
        ["bin", "obj", ".git", ".vs", ".idea", "artifacts", "TestResults", "tars-demo", "node_modules", "BenchmarkDotNet.Artifacts"];

    /// <summary>Relative paths with forward slashes, in ordinal order.</summary>
    internal static IReadOnlyList<string> All { get; } = [.. Walk(new DirectoryInfo(RepositoryRoot.FullPath)).Select(Relative).Order(StringComparer.Ordinal)];

    internal static IEnumerable<string> With(string extension, string under = "") =>
        All.Where(path => path.EndsWith(extension, StringComparison.Ordinal) && path.StartsWith(under, StringComparison.Ordinal));

    internal static string Text(string path) => File.ReadAllText(RepositoryRoot.PathOf(path));

    /// <summary>Lines of each text file with their place, <c>path:line</c>. Files with a zero byte are not text.</summary>
    internal static IEnumerable<(string Path, int Line, string Text)> Lines()
    {
        foreach (string path in All)
        {
            string text = Text(path);
            if (!text.Contains('\0', StringComparison.Ordinal))
            {
                int number = 0;
                foreach (string line in text.Split('\n'))
                {
                    yield return (path, ++number, line);
                }
            }
        }
    }

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        folder.EnumerateFiles().Where(file => file.Name != ".git" && file.Extension != ".tmp").Concat(
            folder.EnumerateDirectories().Where(child => !OutputFolders.Contains(child.Name)).SelectMany(Walk));

    private static string Relative(FileInfo file) => Path.GetRelativePath(RepositoryRoot.FullPath, file.FullName).Replace('\\', '/');
}
