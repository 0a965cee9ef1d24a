using Tars.Compliance.Audit;

namespace Tars.Compliance.Tests.Audit;

/// <summary>What the file of a segment does wrong, and when. Shared by every file that it opens.</summary>
internal sealed class Fault
{
    public string? OnWrite { get; set; }

    public string? OnFlush { get; set; }

    public string? OnCut { get; set; }

    /// <summary>How much of the failing write reaches the file.</summary>
    public int WrittenBefore { get; set; }

    /// <summary>Called before each flush.</summary>
    public Action? Flushing { get; set; }

    /// <summary>Called after each write, with its place.</summary>
    public Action<long, byte[]>? Written { get; set; }

    public LogFile Open(string path) => new FaultyFile(path, this);
}

internal sealed class FaultyFile(string path, Fault fault) : LogFile(path)
{
    public override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (fault.OnWrite is { } message)
        {
            base.Write(bytes[..Math.Min(fault.WrittenBefore, bytes.Length)], offset);
            throw new IOException(message);
        }

        base.Write(bytes, offset);
        fault.Written?.Invoke(offset, bytes.ToArray());
    }

    public override void Flush()
    {
        fault.Flushing?.Invoke();
        if (fault.OnFlush is { } message)
        {
            throw new IOException(message);
        }

        base.Flush();
    }

    public override void SetLength(long length)
    {
        if (fault.OnCut is { } message)
        {
            throw new IOException(message);
        }

        base.SetLength(length);
    }
}
