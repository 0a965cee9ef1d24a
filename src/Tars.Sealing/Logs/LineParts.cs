namespace Tars.Sealing.Logs;

/// <summary>The segments that are there and those that were removed, in the order of their lines.</summary>
internal sealed class LineParts
{
    internal LineParts(LogLayout layout, IReadOnlyList<long> segments, IEnumerable<RemovedSegment> removed)
    {
        Layout = layout;
        Segments = segments;
        Removed = [.. removed.Where(one => !segments.Contains(one.First)).OrderBy(one => one.First)];
    }

    internal LogLayout Layout { get; }

    /// <summary>First lines of the segments that are there, ascending.</summary>
    internal IReadOnlyList<long> Segments { get; }

    /// <summary>What stands for segments that are not there, ascending.</summary>
    internal IReadOnlyList<RemovedSegment> Removed { get; }

    /// <summary>Paths of the segments that are there.</summary>
    internal IReadOnlyList<string> Paths => [.. Segments.Select(Layout.Segment)];

    /// <summary>The name of a segment below the log's folder.</summary>
    internal string NameOf(int part) => NameOf(Layout.Segment(Segments[part]));

    /// <summary>The name of a file below the log's folder.</summary>
    internal string NameOf(string path) => Path.GetRelativePath(Layout.Root, path).Replace('\\', '/');
}
