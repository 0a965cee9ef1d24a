using System.Security.Cryptography;
using System.Text;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;

namespace Tars.Compliance.Witnessing;

/// <summary>The private key of a witness: ECDSA P-256 in a file of PEM (PKCS#8) that only its owner may read.</summary>
public static class WitnessKey
{
    /// <summary>Makes a key.</summary>
    /// <param name="path">A file that is not there yet.</param>
    /// <exception cref="AuditLogException">It is there: a witness's key is never replaced.</exception>
    public static void Create(string path)
    {
        if (File.Exists(path))
        {
            throw new AuditLogException(path, "there is a key already; a witness's key is never replaced");
        }

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] secret = key.ExportPkcs8PrivateKey();
        char[] pem = PemEncoding.Write("PRIVATE KEY", secret);
        byte[] bytes = Encoding.ASCII.GetBytes([.. pem, '\n']);
        PrivateFiles.Write(path, bytes);
        Array.Clear(pem);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Reads a key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The witness's name.</param>
    /// <returns>The key under that name, and its private half, the caller's to dispose.</returns>
    /// <exception cref="AuditLogException">It is not there, others may read it, or it is no key of ECDSA P-256.</exception>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public static (NoteKey Key, ECDsa Private) Read(string path, string name)
    {
        if (!File.Exists(path))
        {
            throw new AuditLogException(path, "there is no such key", "--create-key makes one");
        }

        PrivateFiles.RequirePrivate(path);
        char[] pem = Encoding.ASCII.GetChars(File.ReadAllBytes(path));
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return PublicKey.TryRead(key.ExportSubjectPublicKeyInfo(), out PublicKey? read, out string? refusal) && read.Algorithm == SignatureAlgorithm.EcdsaP256Sha256
                ? (new NoteKey(name, read), key)
                : throw new CryptographicException(refusal ?? "it is no key of ECDSA P-256");
        }
        catch (Exception exception)
        {
            key.Dispose();
            if (exception is CryptographicException || (exception is ArgumentException and { ParamName: not "name" }))
            {
                throw new AuditLogException(path, "it is no private key of ECDSA P-256 in PEM", inner: exception);
            }

            throw;
        }
        finally
        {
            Array.Clear(pem);
        }
    }
}
