using Tars.Application.Settings;
using Tars.Sealing.Keys;

namespace Tars.Application.Sealing;

/// <summary>The bytes of a key or passphrase: in the configuration, or in a file that only its owner can use.</summary>
public static class SecretKeyFile
{
    private const int SizeLimit = 64 << 10;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads a secret.</summary>
    /// <param name="source">Where it is.</param>
    /// <returns>Its bytes, exactly; the caller disposes of them.</returns>
    /// <exception cref="SealingException">The file is not there, is open to others, or is too large.</exception>
    public static SecretBytes Read(SecretSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source is SecretSource.File file ? Read(file.Path, file.Key) : OfText(source.Reveal());
    }

    /// <summary>Reads a secret file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">The option or key that names it.</param>
    /// <exception cref="SealingException">The file is not there, is open to others, or is too large.</exception>
    public static SecretBytes Read(string path, string what)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) is not UnixFileMode.None)
            {
                throw new SealingException($"{path}: others may use it ({what})", $"close it with 'chmod go-rwx {path}'");
            }

            using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
            using SecretBytes room = new(SizeLimit + 1);
            int length = file.ReadAtLeast(room.Span, room.Length, throwOnEndOfStream: false);
            return length <= SizeLimit
                ? new SecretBytes(room.Span[..length])
                : throw new SealingException($"{path}: it is larger than {SizeLimit} bytes ({what})", "a key or passphrase is expected");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SealingException($"{path}: there is no such file ({what})");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SealingException($"{path}: it cannot be read: {exception.Message} ({what})", null, exception);
        }
    }

    private static SecretBytes OfText(string text)
    {
        SecretBytes bytes = new(System.Text.Encoding.UTF8.GetByteCount(text));
        System.Text.Encoding.UTF8.GetBytes(text, bytes.Span);
        return bytes;
    }
}
