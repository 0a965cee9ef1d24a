using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Keys;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;

namespace Tars.Compliance.Audit;

/// <summary>The private key of a log's current epoch, with the note that certifies it.</summary>
internal sealed class EpochKey : IDisposable
{
    private readonly LogLayout _layout;
    private readonly ECDsa _key;

    private EpochKey(LogLayout layout, EpochNote note, ECDsa key) => (_layout, Note, _key) = (layout, note, key);

    public EpochNote Note { get; }

    private static string NextKey(LogLayout layout) => Path.Combine(layout.Root, "key.next.pem");

    /// <summary>Makes the key and the note of a log's first epoch.</summary>
    public static EpochKey Create(LogLayout layout, string origin, DateTimeOffset now, ContinuedLog? continues)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        EpochNote note = new(origin, 1, now, 0, TreeHash.Empty, PublicOf(key), continues);
        WriteKey(layout.PrivateKey, key);
        WriteNote(layout, note, note.NoteKey, key);
        return new EpochKey(layout, note, key);
    }

    /// <summary>The number of the newest epoch.</summary>
    /// <param name="layout">The log.</param>
    /// <param name="known">An epoch that is there.</param>
    public static int Newest(LogLayout layout, int known = 1)
    {
        while (File.Exists(layout.Epoch(known + 1)))
        {
            known++;
        }

        return known;
    }

    /// <summary>Reads an epoch's note without checking who signed it.</summary>
    /// <exception cref="AuditLogException">It is not there, or is no such note.</exception>
    public static (SignedNote Signed, EpochNote Epoch) ReadNote(LogLayout layout, int number)
    {
        string path = layout.Epoch(number);
        SignedNote signed = CheckpointFile.ReadNote(path) ?? throw FrozenLog.Damage(path, "the note of an epoch is not there");
        return EpochNote.TryParse(signed.Text, out EpochNote? epoch, out string? refusal) && epoch.Number == number
            ? (signed, epoch)
            : throw FrozenLog.Damage(path, $"it is no note of epoch {number}: {refusal ?? "it names another"}");
    }

    /// <summary>Reads the newest epoch's key. A change of keys that was interrupted is completed; the log's lock is held.</summary>
    /// <exception cref="AuditLogException">Others can read the key, or it is not the one that the newest epoch names.</exception>
    public static EpochKey Load(LogLayout layout, int known = 1)
    {
        int number = Newest(layout, known);
        (SignedNote signed, EpochNote note) = ReadNote(layout, number);
        NoteKey certifier = number == 1 ? note.NoteKey : ReadNote(layout, number - 1).Epoch.NoteKey;
        if (certifier.Verify(signed) != NoteVerdict.Verified)
        {
            throw FrozenLog.Damage(layout.Epoch(number), "the key of the epoch before has not signed it");
        }

        ECDsa? key = ReadKey(layout.PrivateKey);
        if (key is null || PublicOf(key).KeyId != note.Key.KeyId)
        {
            key?.Dispose();
            key = ReadKey(NextKey(layout));
            if (key is null || PublicOf(key).KeyId != note.Key.KeyId)
            {
                key?.Dispose();
                throw new AuditLogException(
                    layout.PrivateKey, $"it is not the key of epoch {number}, {note.Key.Fingerprint}", "bring the key back from where the log was written last, or go on in a new log that continues this one");
            }

            Replace(layout);
        }

        return new EpochKey(layout, note, key);
    }

    /// <summary>Signs a text under the log's name.</summary>
    /// <exception cref="AuditLogException">Others can read the key's file by now.</exception>
    public SignedNote Sign(string text)
    {
        PrivateFiles.RequirePrivate(_layout.PrivateKey);
        return new SignedNote(text, [Note.NoteKey.Sign(text, _key)]);
    }

    /// <summary>Certifies a new key, puts it in this one's place and destroys this one. Killed in between, the next <see cref="Load"/> ends it.</summary>
    public EpochKey Rotate(DateTimeOffset now, long size, TreeHash root)
    {
        ECDsa next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        EpochNote note = Note with { Number = Note.Number + 1, Begins = now, Size = size, Root = root, Key = PublicOf(next), Continues = null };
        WriteKey(NextKey(_layout), next);
        WriteNote(_layout, note, Note.NoteKey, _key); // from here on the new key is the log's
        Replace(_layout);
        return new EpochKey(_layout, note, next);
    }

    public void Dispose() => _key.Dispose();

    private static void Replace(LogLayout layout)
    {
        if (File.Exists(layout.PrivateKey))
        {
            PrivateFiles.Overwrite(layout.PrivateKey);
        }

        File.Move(NextKey(layout), layout.PrivateKey, overwrite: true);
        DurableFile.FlushDirectory(layout.Root);
    }

    private static PublicKey PublicOf(ECDsa key) => PublicKey.TryRead(key.ExportSubjectPublicKeyInfo(), out PublicKey? read, out string? refusal)
        ? read
        : throw new CryptographicException(refusal);

    private static ECDsa? ReadKey(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        PrivateFiles.RequirePrivate(path);
        char[] pem = Encoding.ASCII.GetChars(File.ReadAllBytes(path));
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            return null; // overwritten and not yet replaced, or no key: the caller says what is expected
        }
        finally
        {
            Array.Clear(pem);
        }
    }

    private static void WriteKey(string path, ECDsa key)
    {
        char[] pem = PemEncoding.Write("PRIVATE KEY", key.ExportPkcs8PrivateKey());
        byte[] bytes = Encoding.ASCII.GetBytes([.. pem, '\n']);
        PrivateFiles.Write(path, bytes);
        Array.Clear(pem);
        CryptographicOperations.ZeroMemory(bytes);
    }

    private static void WriteNote(LogLayout layout, EpochNote note, NoteKey signer, ECDsa key)
    {
        string text = note.ToString();
        Directory.CreateDirectory(layout.Epochs);
        CheckpointFile.Write(layout.Epoch(note.Number), new SignedNote(text, [signer.Sign(text, key)]));
    }
}
