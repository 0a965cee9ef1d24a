using System.Buffers.Text;
using System.Security.Cryptography;
using Tars.Application.Publishing;
using Tars.Application.Sealing;
using Tars.Sealing.Keys;

namespace Tars.Application.Settings;

/// <summary>Fresh keys and a fresh secret beside a new configuration. What exists is never replaced, and nothing is made unless it is asked for.</summary>
public static class StarterSecrets
{
    /// <summary>The entry, and so the file, of the secret that signs the API's tokens.</summary>
    public const string TokenSecret = "jwt_secret";

    // 48 random bytes are 64 characters: enough for HS512 (RFC 7518, section 3.2).
    private const int TokenSecretBytes = 48;

    /// <summary>Refuses a folder for a new key ring that holds something.</summary>
    /// <param name="path">The ring's folder.</param>
    /// <exception cref="SealingException">It does.</exception>
    public static void RefuseRing(string path)
    {
        if (Path.Exists(path) && (!Directory.Exists(path) || Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new SealingException($"{path} exists, and keys are never replaced", "name another folder, or make none and write security.key_ring");
        }
    }

    /// <summary>Refuses a folder that has a secret for tokens.</summary>
    /// <param name="folder">The folder of secrets.</param>
    /// <exception cref="SealingException">It has.</exception>
    public static void RefuseTokenSecret(string folder)
    {
        string path = Path.Combine(folder, TokenSecret);
        if (Path.Exists(path) || File.Exists(folder))
        {
            throw new SealingException($"{(File.Exists(folder) ? folder : path)} exists, and a secret is never replaced", "name another folder, or make none and write secrets.secrets_file_path");
        }
    }

    /// <summary>Makes a ring (folder 0700, files 0600) with the pair that signs, RSA-4096 and P-256, and an AES-256 key.</summary>
    /// <param name="path">The ring's folder; it must not exist or be empty.</param>
    /// <param name="passphrase">Protects the keys; null leaves them to the file system.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="KeyRingException">The folder holds something.</exception>
    /// <exception cref="OutputException">The system refused.</exception>
    public static IReadOnlyList<KeyEntry> MakeRing(string path, Passphrase? passphrase, TimeProvider time)
    {
        RefuseRing(path);
        return Guarded(path, () =>
        {
            KeyRing ring = new(path, time);
            ring.Create();
            return (IReadOnlyList<KeyEntry>)[.. ring.CreateSigning(passphrase), ring.CreateEncryption(passphrase)];
        });
    }

    /// <summary>Makes the secret that signs tokens: 48 random bytes in base64, in a file (0600) that the backend <c>file</c> reads.</summary>
    /// <param name="folder">The folder of secrets; made (0700) when it does not exist.</param>
    /// <returns>The file.</returns>
    /// <exception cref="SealingException">There is such a secret.</exception>
    /// <exception cref="OutputException">The system refused.</exception>
    public static string MakeTokenSecret(string folder)
    {
        RefuseTokenSecret(folder);
        string path = Path.Combine(folder, TokenSecret);
        return Guarded(path, () =>
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            using SecretBytes random = new(TokenSecretBytes);
            using SecretBytes text = new(Base64.GetMaxEncodedToUtf8Length(TokenSecretBytes));
            RandomNumberGenerator.Fill(random.Span);
            Base64.EncodeToUtf8(random.Span, text.Span, out _, out _);
            DurableFile.WriteFresh(path, text.Span);
            DurableFile.FlushDirectory(folder);
            return path;
        });
    }

    private static T Guarded<T>(string path, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException and not KeyRingException))
        {
            throw new OutputException(path, exception.Message, exception);
        }
    }
}
