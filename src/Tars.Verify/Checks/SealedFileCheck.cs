using Tars.Sealing.Envelopes;
using Tars.Sealing.Streams;

namespace Tars.Verify.Checks;

/// <summary>Reads the header of a sealed file, without a key, and asks whether a verified envelope names the file's digest.</summary>
internal static class SealedFileCheck
{
    private const int MagicLength = 7;

    internal static bool IsSealed(string path)
    {
        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
        byte[] beginning = new byte[MagicLength];
        return file.ReadAtLeast(beginning, MagicLength, throwOnEndOfStream: false) == MagicLength && beginning.AsSpan().SequenceEqual("TARSEAL"u8);
    }

    internal static Finding Run(string path, string digest, IReadOnlyList<Statement> statements)
    {
        (SealedHeader? header, OpenResult.Malformed? malformed) = SealedHeader.Read(path);
        bool isNamed = statements.SelectMany(statement => statement.Subjects).Any(subject => subject.Sha256 == digest);
        return header is null
            ? new Finding(path, "sealed-file", false, malformed!.Description)
            : new Finding(
                path,
                "sealed-file",
                isNamed,
                isNamed ? $"a verified envelope names its sha256 {digest}" : $"no verified envelope names its sha256 {digest}; a file that was rewrapped differs so: open it and verify its plain form",
                [$"format 1, {header.ContentType}, header of {header.Length} bytes, not opened", .. header.Recipients.Select(key => $"recipient {key}")]);
    }
}
