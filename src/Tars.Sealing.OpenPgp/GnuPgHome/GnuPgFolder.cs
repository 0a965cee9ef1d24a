using System.Text;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Sealing.OpenPgp.GnuPgHome;

/// <summary>A GnuPG home folder: <c>pubring.kbx</c> or <c>pubring.gpg</c>, and the secret keys in <c>private-keys-v1.d</c>. Nothing in it is written.</summary>
internal static class GnuPgFolder
{
    private const string KeyItem = "Key:";

    public static OpenPgpKeyRing Read(string folder)
    {
        List<PgpPublicKeyRing> rings = [];
        string keybox = Path.Combine(folder, "pubring.kbx");
        string keyring = Path.Combine(folder, "pubring.gpg");
        if (!File.Exists(keybox) && !File.Exists(keyring))
        {
            throw new OpenPgpException(folder, File.Exists(Path.Combine(folder, "public-keys.d", "pubring.db"))
                ? "keeps its keys in public-keys.d/pubring.db (keyboxd), which is not read; write them to a keyring file with 'gpg --export' and 'gpg --export-secret-keys'"
                : "is no GnuPG home: neither pubring.kbx nor pubring.gpg is there");
        }

        Collect(keybox, KeyboxFile.ReadKeyBlocks, rings);
        Collect(keyring, bytes => [bytes], rings);
        Dictionary<long, SecretPart> secrets = [];
        string secretFolder = Path.Combine(folder, "private-keys-v1.d");
        if (Directory.Exists(secretFolder))
        {
            Dictionary<string, PgpPublicKey> byPoint = [];
            foreach (PgpPublicKey key in rings.SelectMany(ring => ring.GetPublicKeys()))
            {
                if (GnuPgSecret.IdentityOf(key) is { } identity)
                {
                    byPoint.TryAdd(identity, key);
                }
            }

            foreach (string file in Directory.EnumerateFiles(secretFolder, "*.key").Order(StringComparer.Ordinal))
            {
                SExpression.List? expression = ReadKeyFile(file);
                if (expression is not null && GnuPgSecret.IdentityOf(expression) is { } identity && byPoint.TryGetValue(identity, out PgpPublicKey? key))
                {
                    secrets.TryAdd(key.KeyId, new GnuPgSecret(key, expression) { Place = file });
                }
            }
        }

        return new OpenPgpKeyRing(rings, [], secrets);
    }

    private static void Collect(string path, Func<byte[], IEnumerable<byte[]>> blocksOf, List<PgpPublicKeyRing> rings)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            foreach (byte[] block in blocksOf(KeyRingFile.ReadBytes(path)))
            {
                KeyRingFile.Collect(block, rings, []);
            }
        }
        catch (Exception failure) when (BcFailures.IsMalformedInput(failure))
        {
            throw new OpenPgpException(path, $"is no keyring of GnuPG: {failure.Message}", failure);
        }
    }

    /// <summary>Returns the expression in a key file: on its own, or as the item <c>Key</c> of the extended format.</summary>
    private static SExpression.List? ReadKeyFile(string path)
    {
        KeyRingFile.RefuseReadableByOthers(path);
        byte[] bytes = KeyRingFile.ReadBytes(path);
        try
        {
            if (bytes is [(byte)'(', ..])
            {
                return SExpressionReader.ReadList(bytes);
            }

            // Name: value; a line that begins with white space goes on with the value before it.
            StringBuilder value = new();
            bool inKey = false;
            foreach (string line in Encoding.Latin1.GetString(bytes).Split('\n'))
            {
                if (line.StartsWith(KeyItem, StringComparison.OrdinalIgnoreCase))
                {
                    inKey = true;
                    value.Append(line.AsSpan(KeyItem.Length));
                }
                else if (inKey && line is [' ' or '\t', ..])
                {
                    value.Append(line).Append(' ');
                }
                else
                {
                    inKey = false;
                }
            }

            return value.Length == 0 ? null : SExpressionReader.ReadList(Encoding.Latin1.GetBytes(value.ToString()));
        }
        catch (FormatException failure)
        {
            throw new OpenPgpException(path, $"is no secret key of GnuPG: {failure.Message}", failure);
        }
    }
}
