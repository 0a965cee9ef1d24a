namespace Tars.Configuration.Secrets.Files;

/// <summary>Paths without links.</summary>
internal static class RealPath
{
    /// <summary>Returns the absolute path that <paramref name="path"/> leads to, with every link on the way followed; parts that do not exist stay.</summary>
    /// <exception cref="IOException">More than 40 links are on the way: they lead in a circle.</exception>
    public static string Of(string path)
    {
        int links = 0;
        string full = Path.GetFullPath(path);
        string root = Path.GetPathRoot(full)!;
        Stack<string> ahead = new(Parts(full[root.Length..]).Reverse());
        string real = root;
        while (ahead.TryPop(out string? part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? root;
                continue;
            }

            string next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not string target)
            {
                real = next;
                continue;
            }

            if (++links > 40)
            {
                throw new IOException("too many links");
            }

            if (Path.IsPathRooted(target))
            {
                real = Path.GetPathRoot(target)!;
                target = target[real.Length..];
            }

            foreach (string step in Parts(target).Reverse())
            {
                ahead.Push(step);
            }
        }

        return real;
    }

    /// <summary>Returns whether <paramref name="path"/> lies in <paramref name="folder"/>; both without links.</summary>
    public static bool IsWithin(string path, string folder) =>
        path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
