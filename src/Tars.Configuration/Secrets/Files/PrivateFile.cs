using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Tars.Configuration.Secrets.Files;

/// <summary>Reads files that hold secrets: bounded, regular files only, and only when nobody else may read or change them.</summary>
internal static class PrivateFile
{
    /// <summary>The largest file of one secret, in bytes.</summary>
    public const int SecretLimit = 64 * 1024;

    /// <summary>Returns the bytes of the file, or why not; absent when there is no such file.</summary>
    /// <param name="path">The file; links are followed.</param>
    /// <param name="limit">The most bytes it may have.</param>
    /// <param name="rule">Who may read it.</param>
    public static SecretAnswer Read(string path, int limit, FileRule rule)
    {
        try
        {
            if (FileAccessCheck.KindProblem(path) is string kind)
            {
                return new SecretAnswer.Refused(path, kind);
            }

            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return FileAccessCheck.Problem(handle, path, rule) is string problem
                ? new SecretAnswer.Refused(path, problem)
                : ReadBounded(handle, path, limit);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return new SecretAnswer.Absent(path);
        }
        catch (UnauthorizedAccessException)
        {
            return new SecretAnswer.Refused(path, "this process may not read it; give the file to its user");
        }
        catch (IOException)
        {
            return new SecretAnswer.Unreachable(path, "it cannot be read from its disk");
        }
    }

    /// <summary>
    /// Returns the answer with one line end at the end of a text removed, because editors and <c>echo</c> leave one; bytes that are no text
    /// (not UTF-8, or with a zero byte) are kept as they are. An empty file is refused.
    /// </summary>
    public static SecretAnswer WithoutLineEnd(SecretAnswer answer)
    {
        if (answer is not SecretAnswer.Found found)
        {
            return answer;
        }

        using Secret whole = found.Value;
        ReadOnlySpan<byte> text = whole.Bytes;
        if (System.Text.Unicode.Utf8.IsValid(text) && !text.Contains((byte)0))
        {
            text = text.EndsWith("\r\n"u8) ? text[..^2] : text.EndsWith("\n"u8) ? text[..^1] : text;
        }

        return text.IsEmpty
            ? new SecretAnswer.Refused(found.Place, "it is empty; write the secret into it, or remove the file")
            : SecretAnswer.Found.Of(text, found.Place, found.Lifetime);
    }

    private static SecretAnswer ReadBounded(SafeFileHandle handle, string path, int limit)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(limit + 1, pinned: true);
        int length = 0;
        try
        {
            while (length <= limit && RandomAccess.Read(handle, buffer.AsSpan(length), length) is int read and > 0)
            {
                length += read;
            }

            return length > limit
                ? new SecretAnswer.Refused(path, $"it is larger than {limit} bytes, the limit for a secret's file")
                : SecretAnswer.Found.Of((ReadOnlySpan<byte>)buffer.AsSpan(0, length), path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, Math.Min(length, buffer.Length)));
        }
    }
}
