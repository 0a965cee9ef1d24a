using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tars.Sealing.Logs;
using Tars.Sealing.Streams;

namespace Tars.Compliance.Audit;

/// <summary>What stood behind the last complete line of a segment: begun by a writer that died, never acknowledged, moved aside.</summary>
/// <param name="Segment">The segment's first line.</param>
/// <param name="Offset">Where it stood in the segment.</param>
/// <param name="Bytes">How much it was.</param>
/// <param name="Sha256">Its digest, hexadecimal.</param>
/// <param name="File">Where it lies now, in the log's folder.</param>
internal sealed record TornTail(long Segment, long Offset, long Bytes, string Sha256, string File)
{
    /// <summary>The event that tells of it.</summary>
    public AuditEvent ToEvent() => new()
    {
        Type = "log.recovered",
        Outcome = AuditOutcome.Success,
        Actor = LogActor.Self,
        Data = AuditData.Of(new JsonObject
        {
            ["segment"] = Segment,
            ["offset"] = Offset,
            ["bytes"] = Bytes,
            ["sha256"] = Sha256,
            ["file"] = File,
        }),
    };

    /// <summary>Copies everything from an offset on to <c>torn/</c>, flushes it, and cuts the segment there.</summary>
    public static TornTail Move(LogLayout layout, LogFile file, long segment, long offset)
    {
        Directory.CreateDirectory(layout.Torn);
        string name = string.Create(CultureInfo.InvariantCulture, $"{segment:D20}-{offset}");
        string path = Path.Combine(layout.Torn, name + ".bytes");
        for (int again = 2; System.IO.File.Exists(path); again++)
        {
            path = Path.Combine(layout.Torn, string.Create(CultureInfo.InvariantCulture, $"{name}-{again}.bytes"));
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        long at = offset;
        using (ReplacementFile torn = new(path, ReplacementFile.OwnerOnly))
        {
            for (int read = file.Read(buffer, at); read > 0; read = file.Read(buffer, at))
            {
                torn.Stream.Write(buffer.AsSpan(0, read));
                hash.AppendData(buffer.AsSpan(0, read));
                at += read;
            }

            torn.Commit();
        }

        file.SetLength(offset);
        file.Flush();
        return new TornTail(segment, offset, at - offset, Convert.ToHexStringLower(hash.GetHashAndReset()), Path.GetRelativePath(layout.Root, path).Replace('\\', '/'));
    }
}

/// <summary>Who a log's own events name.</summary>
internal static class LogActor
{
    public static AuditActor Self { get; } = new AuditActor.Program("audit-log");
}
