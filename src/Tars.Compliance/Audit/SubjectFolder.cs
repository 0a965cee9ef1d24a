using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Keys;

namespace Tars.Compliance.Audit;

/// <summary>
/// The files of <see cref="SubjectKeys"/>: <c>folder.key</c> holds the HMAC key, <c>HMAC.subject</c> a person's id and key, and <c>ids/ID</c> which
/// file an id belongs to. Files are there whole or not at all.
/// </summary>
internal sealed class SubjectFolder : IDisposable
{
    private const int IdLength = 32;
    private const string Suffix = ".subject";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private readonly SecretBytes _key;

    private SubjectFolder(string root, SecretBytes key) => (Root, _key) = (root, key);

    public string Root { get; }

    /// <summary>The folder's own key.</summary>
    public SecretBytes Key => _key;

    public string Lock => Path.Combine(Root, "lock");

    private static string KeyPath(string root) => Path.Combine(root, "folder.key");

    public static SubjectFolder Create(string root)
    {
        try
        {
            if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
            {
                throw new AuditLogException(root, "the folder is not empty; a new folder of subjects is made in none or an empty one");
            }

            PrivateFiles.CreateDirectory(root);
            PrivateFiles.CreateDirectory(Path.Combine(root, "ids"));
            using SecretBytes key = new(Subject.KeyLength);
            RandomNumberGenerator.Fill(key.Span);
            PrivateFiles.Write(KeyPath(root), Hexadecimal(key.Span));
            return Open(root);
        }
        catch (Exception exception) when (exception is (IOException and not AuditLogException) or UnauthorizedAccessException)
        {
            throw new AuditLogException(root, $"the folder of subjects cannot be made: {exception.Message}", inner: exception);
        }
    }

    public static SubjectFolder Open(string root)
    {
        string path = KeyPath(root);
        try
        {
            PrivateFiles.RequirePrivate(path);
            string text = File.ReadAllText(path).TrimEnd('\n');
            SecretBytes key = new(Subject.KeyLength);
            return text.Length == 2 * Subject.KeyLength && Convert.FromHexString(text, key.Span, out _, out _) == OperationStatus.Done
                ? new SubjectFolder(root, key)
                : throw new AuditLogException(path, "64 hexadecimal digits are expected");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AuditLogException(root, "it is no folder of subjects: folder.key is not there", "name the folder that was made together with the log", inner: exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new AuditLogException(path, "the file cannot be read", inner: exception);
        }
    }

    public static bool IsId(string text) => text.Length == IdLength && !text.AsSpan().ContainsAnyExcept(Digits);

    /// <summary>When an entry of the folder was last made or removed.</summary>
    public DateTime Changed() => Directory.GetLastWriteTimeUtc(Root);

    /// <summary>The file that belongs to a name.</summary>
    public string NameOf(ReadOnlySpan<byte> name) => Convert.ToHexStringLower(HMACSHA256.HashData(_key.Span, name)) + Suffix;

    /// <summary>The file that belongs to an id; null when none does.</summary>
    public string? FileOf(string id)
    {
        string path = Path.Combine(Root, "ids", id);
        try
        {
            string file = File.ReadAllText(path).TrimEnd('\n');
            return file.EndsWith(Suffix, StringComparison.Ordinal) && Path.GetFileName(file) == file ? file : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>What a file holds; null when it is not there.</summary>
    public Subject? Read(string file, string? name)
    {
        string path = Path.Combine(Root, file);
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AuditLogException(path, $"the key of a person cannot be read: {exception.Message}", inner: exception);
        }

        Span<byte> key = stackalloc byte[Subject.KeyLength];
        try
        {
            string id = content.Length == IdLength + 1 + (2 * Subject.KeyLength) + 1 ? Encoding.ASCII.GetString(content, 0, IdLength) : string.Empty;
            if (!IsId(id) || Convert.FromHexString(content.AsSpan(IdLength + 1, 2 * Subject.KeyLength), key, out _, out _) != OperationStatus.Done)
            {
                return content.AsSpan().ContainsAnyExcept((byte)0)
                    ? throw new AuditLogException(path, "an id of 32 and a key of 64 hexadecimal digits are expected", "bring the file back from a backup, or remove it: then nobody can read who the person was")
                    : null; // overwritten, and not yet removed when its process was killed
            }

            return new Subject(id, key, file, name);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Makes id, key and files of a person. The lock is held, and the file is not there.</summary>
    public Subject Make(string file, string name)
    {
        string id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        using SecretBytes key = new(Subject.KeyLength);
        RandomNumberGenerator.Fill(key.Span);
        byte[] content = [.. Encoding.ASCII.GetBytes(id), (byte)' ', .. Hexadecimal(key.Span)];
        try
        {
            PrivateFiles.Write(Path.Combine(Root, "ids", id), Encoding.ASCII.GetBytes(file + "\n"));
            PrivateFiles.Write(Path.Combine(Root, file), content);
            return new Subject(id, key.Span, file, name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AuditLogException(Path.Combine(Root, file), $"the key of a new person cannot be written: {exception.Message}", inner: exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Destroys the files of an id. Nothing to destroy is no failure.</summary>
    public void Destroy(string id, string? file = null)
    {
        if (!IsId(id) || (file ?? FileOf(id)) is not { } known)
        {
            return;
        }

        string path = Path.Combine(Root, known);
        try
        {
            // The name's file may belong to a new id by now: a person who was erased and came again.
            using (Subject? subject = Read(known, name: null))
            {
                if (subject is null || subject.Id == id)
                {
                    PrivateFiles.Destroy(path);
                }
            }

            PrivateFiles.Destroy(Path.Combine(Root, "ids", id)); // last: until here a second try finds the file
        }
        catch (Exception exception) when (exception is (IOException and not AuditLogException) or UnauthorizedAccessException)
        {
            throw new AuditLogException(path, $"the key of subject {id} cannot be destroyed: {exception.Message}", inner: exception);
        }
    }

    public void Dispose() => _key.Dispose();

    private static byte[] Hexadecimal(ReadOnlySpan<byte> key)
    {
        byte[] text = new byte[(2 * key.Length) + 1];
        Convert.TryToHexStringLower(key, text, out int written);
        text[written] = (byte)'\n';
        return text;
    }
}
